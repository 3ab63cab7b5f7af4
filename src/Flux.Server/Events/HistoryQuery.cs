using System.Globalization;
using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Log;
using Flux.Server.Hosting;

namespace Flux.Server.Events;

/// <summary>What a request for a page of history asks for.</summary>
internal sealed record HistoryQuery
{
    /// <summary>The most events in a page.</summary>
    public const int MaxLimit = 500;

    private const int DefaultLimit = 100;

    private static readonly string[] Names = ["entity", "namespace", "prefix", "order", "from", "before", "since", "until", "limit", "format"];

    // One of these makes a request one for a page; without them it is the older form, newest first.
    private static readonly string[] OfPages = ["order", "from", "before", "until", "namespace", "prefix"];

    private HistoryQuery(LogScope scope, EntityRange range) => (Scope, Range) = (scope, range);

    /// <summary>Gets the events to look at: no fewer than are wanted.</summary>
    public LogScope Scope { get; }

    /// <summary>Gets the entities whose events are wanted.</summary>
    public EntityRange Range { get; }

    public required bool IsForward { get; init; }

    /// <summary>Gets the first position wanted.</summary>
    public required long From { get; init; }

    /// <summary>Gets the position that is not wanted any more.</summary>
    public required long Before { get; init; }

    /// <summary>Gets the time at or after which they were recorded.</summary>
    public required DateTimeOffset? Since { get; init; }

    /// <summary>Gets the time before which they were recorded.</summary>
    public required DateTimeOffset? Until { get; init; }

    public required int Limit { get; init; }

    /// <summary>Says whether a request asks for a page.</summary>
    public static bool AsksForPage(QueryParameters query) => OfPages.Any(name => query[name] is not null);

    /// <summary>Reads the parameters.</summary>
    /// <exception cref="RequestRefusedException">One of them is wrong.</exception>
    public static HistoryQuery Read(QueryParameters query)
    {
        var (scope, range) = ReadScope(query);
        return new HistoryQuery(scope, range)
        {
            IsForward = query["order"] switch
            {
                null or "desc" => false,
                "asc" => true,
                _ => throw QueryParameters.Invalid("order: must be asc or desc"),
            },
            From = ReadPosition(query, "from") ?? 1,
            Before = ReadPosition(query, "before") ?? long.MaxValue,
            Since = ReadTime(query, "since"),
            Until = ReadTime(query, "until"),
            Limit = ReadLimit(query),
        };
    }

    /// <summary>Reads how many events an answer may hold.</summary>
    public static int ReadLimit(QueryParameters query) => (int)Math.Clamp(query.Number("limit") ?? DefaultLimit, 1, MaxLimit);

    /// <summary>Reads a time.</summary>
    /// <exception cref="RequestRefusedException">It is none.</exception>
    public static DateTimeOffset? ReadTime(QueryParameters query, string name) =>
        query[name] is not { } text ? null
        : Rfc3339.TryParse(text, out var time) ? time
        : throw QueryParameters.Invalid($"{name}: must be a date and time with an offset, such as 2026-02-25T20:04:27Z");

    /// <summary>Tells where the next page is: the same request, but for where it begins.</summary>
    public static void SetNext(HttpResponse response, QueryParameters query, bool isForward, long next)
    {
        var (moved, to) = isForward ? ("from", next) : ("before", next + 1);
        NextLink.Set(response, "/api/events", [.. Names.Select(name => (name, name == moved ? to.ToString(CultureInfo.InvariantCulture) : query[name]))]);
    }

    private static (LogScope Scope, EntityRange Range) ReadScope(QueryParameters query)
    {
        if (query["entity"] is { } id)
        {
            if (id.Length == 0 || query["namespace"] is not null || query["prefix"] is not null)
            {
                throw QueryParameters.Invalid("give one of entity, namespace and prefix, and not empty");
            }

            return EntityKey.TryParse(id, out var key) ? (new LogScope.OfEntity(key), EntityRange.OfEntity(key)) : Nothing();
        }

        var (ns, prefix) = (query["namespace"], query["prefix"]);
        if (string.IsNullOrEmpty(ns) && string.IsNullOrEmpty(prefix))
        {
            throw QueryParameters.Invalid("entity parameter is required, or namespace, or prefix");
        }

        if (ns is not null && ns.Contains('/', StringComparison.Ordinal))
        {
            return Nothing(); // a namespace ends at the first slash
        }

        // All that starts with a namespace and its slash is of that namespace.
        var range = EntityRange.OfNamespace(ns, prefix ?? string.Empty);
        return (range.Start.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash ? new LogScope.OfNamespace(range.Start[..slash]) : LogScope.All, range);
    }

    private static (LogScope Scope, EntityRange Range) Nothing() => (LogScope.All, EntityRange.Nothing);

    private static long? ReadPosition(QueryParameters query, string name) =>
        query.Number(name) is { } number ? (long)Math.Clamp(number, 1, long.MaxValue) : null;
}
