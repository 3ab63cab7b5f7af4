using System.Globalization;
using Flux.Core.Log;
using Flux.Server.Hosting;

namespace Flux.Server.Series;

/// <summary>What is asked of a series.</summary>
/// <param name="Entity">The entity's id.</param>
/// <param name="Property">The property's name.</param>
/// <param name="Since">When the range begins, inclusive; null for no such bound.</param>
/// <param name="Until">When it ends, exclusive; null for no such bound.</param>
/// <param name="From">The first position of the range; null for no such bound.</param>
/// <param name="To">The last position of the range; null for no such bound.</param>
/// <param name="Buckets">Into how many stretches the range is divided; null for single points.</param>
/// <param name="Limit">The most points.</param>
/// <param name="IsDescending">Whether the newest point comes first.</param>
/// <param name="IsTable">Whether the answer is a table for spreadsheets.</param>
internal sealed record SeriesQuery(
    string Entity,
    string Property,
    Timestamp? Since,
    Timestamp? Until,
    Position? From,
    Position? To,
    int? Buckets,
    int Limit,
    bool IsDescending,
    bool IsTable)
{
    private const int MaxBuckets = 2000;
    private const int DefaultLimit = 1000;
    private const int MaxLimit = 10_000;

    /// <summary>Reads the parameters.</summary>
    /// <param name="request">The request, whose head may ask for a table.</param>
    /// <param name="query">Its parameters.</param>
    /// <exception cref="RequestRefusedException">One is missing, wrong, or does not go with another.</exception>
    public static SeriesQuery Read(HttpRequest request, QueryParameters query)
    {
        if (string.IsNullOrEmpty(query["entity"]))
        {
            throw QueryParameters.Invalid("entity parameter is required");
        }

        if (query["property"] is not { } property)
        {
            throw QueryParameters.Invalid("property parameter is required");
        }

        Exclude(query, "since", "from");
        Exclude(query, "until", "to");
        Exclude(query, "buckets", "limit");
        Exclude(query, "buckets", "order");
        return new SeriesQuery(
            query["entity"]!,
            property,
            ReadTime(query, "since"),
            ReadTime(query, "until"),
            ReadPosition(query, "from"),
            ReadPosition(query, "to"),
            ReadBuckets(query),
            (int)Math.Clamp(query.Number("limit") ?? DefaultLimit, 1, MaxLimit),
            query["order"] switch
            {
                null or "asc" => false,
                "desc" => true,
                _ => throw QueryParameters.Invalid("order: must be asc or desc"),
            },
            CsvTable.IsWanted(request, query));
    }

    /// <summary>Sets the header with the way to the next page of points.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="next">The first position that the next page looks at.</param>
    public void SetNext(HttpResponse response, Position next) => NextLink.Set(
        response,
        SeriesApi.Path,
        ("entity", Entity),
        ("property", Property),
        ("since", IsDescending && Since is { } since ? Show(since) : null),
        ("until", !IsDescending && Until is { } until ? Show(until) : null),
        ("from", IsDescending ? From?.ToString() : next.ToString()),
        ("to", IsDescending ? next.ToString() : To?.ToString()),
        ("limit", Limit.ToString(CultureInfo.InvariantCulture)),
        ("order", IsDescending ? "desc" : "asc"),
        ("format", IsTable ? "csv" : null));

    private static string Show(Timestamp time) =>
        time.ToDateTimeOffset().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    private static void Exclude(QueryParameters query, string one, string other)
    {
        if (query[one] is not null && query[other] is not null)
        {
            throw QueryParameters.Invalid($"{other}: does not go with {one}");
        }
    }

    private static Timestamp? ReadTime(QueryParameters query, string name) =>
        query[name] is not { } text ? null
        : Rfc3339.TryParse(text, out var time) ? Timestamp.From(time)
        : throw QueryParameters.Invalid($"{name}: must be a date and time with an offset, such as 2026-02-25T20:04:27Z");

    private static Position? ReadPosition(QueryParameters query, string name) =>
        query.Number(name) is not { } number ? null
        : number <= long.MaxValue ? new Position((long)number)
        : throw QueryParameters.NotWhole(name);

    private static int? ReadBuckets(QueryParameters query) =>
        query.Number("buckets") is not { } number ? null
        : number is >= 1 and <= MaxBuckets ? (int)number
        : throw QueryParameters.Invalid($"buckets: must be a whole number from 1 to {MaxBuckets}");
}
