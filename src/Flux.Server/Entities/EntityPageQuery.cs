using System.Globalization;
using Flux.Core.Entities;
using Flux.Core.Expressions;
using Flux.Core.Log;
using Flux.Server.Hosting;

namespace Flux.Server.Entities;

/// <summary>A page of a list that a client asks for.</summary>
/// <param name="Namespace">The namespace; null for any.</param>
/// <param name="Prefix">What the ids start with; null for anything.</param>
/// <param name="Limit">The most entities.</param>
/// <param name="Where">What must be true of them; null for nothing.</param>
/// <param name="Start">The least id wanted; null for the first page.</param>
internal sealed record EntityPageQuery(string? Namespace, string? Prefix, int Limit, EntityFilter? Where, string? Start)
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1000;

    /// <summary>Gets the position that it is about; null for now.</summary>
    public Position? At { get; init; }

    /// <summary>Gets a value indicating whether the answer is a table for spreadsheets.</summary>
    public bool IsTable { get; init; }

    /// <summary>Gets the ids to look at.</summary>
    public EntityRange Range
    {
        get
        {
            var all = EntityRange.OfNamespace(Namespace, Prefix ?? string.Empty);
            return Start is null ? all : all.From(Start);
        }
    }

    /// <summary>Reads the parameters.</summary>
    /// <param name="query">The parameters.</param>
    /// <returns>The query; null when the client asks for the whole list at once.</returns>
    /// <exception cref="RequestRefusedException">A parameter is wrong.</exception>
    public static EntityPageQuery? Read(QueryParameters query)
    {
        var (ns, prefix, where, at, cursor) = (query["namespace"], query["prefix"], query["where"], query["at"], query["cursor"]);
        if (query["limit"] is null && where is null && cursor is null)
        {
            return null;
        }

        var limit = (int)Math.Clamp(query.Number("limit") ?? DefaultLimit, 1, MaxLimit);
        string? start = null;
        if (cursor is not null && !EntityCursor.TryParse(cursor, out start, [ns, prefix, where, .. Moment(at)]))
        {
            throw QueryParameters.Invalid("cursor: was not given out for this namespace, prefix, where and at, or has been changed");
        }

        return new EntityPageQuery(ns, prefix, limit, where is null ? null : Compile(where), start);
    }

    /// <summary>Sets the header with the way to the next page.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="start">The least id that the next page may show.</param>
    public void SetNext(HttpResponse response, string start) => NextLink.Set(
        response,
        "/api/state/entities",
        ("namespace", Namespace),
        ("prefix", Prefix),
        ("where", Where?.Text),
        ("at", At?.ToString()),
        ("limit", Limit.ToString(CultureInfo.InvariantCulture)),
        ("format", IsTable ? "csv" : null),
        ("cursor", EntityCursor.Write(start, [Namespace, Prefix, Where?.Text, .. Moment(At?.ToString())])));

    // A cursor of a list of now has nothing of it, so that those of before there were others are still good. A later page is about the position of the first.
    private static string[] Moment(string? at) => at is null ? [] : [at];

    private static EntityFilter Compile(string where)
    {
        try
        {
            return EntityFilter.Compile(where);
        }
        catch (ExpressionException e)
        {
            throw QueryParameters.Invalid($"where: {e.Message}");
        }
    }
}
