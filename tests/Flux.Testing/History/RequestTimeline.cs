using System.Diagnostics;

namespace Flux.Testing.History;

/// <summary>What clients saw over time, for the targets that are measured beside the counts. It judges nothing.</summary>
public sealed class RequestTimeline
{
    private const double Restored = 0.95;
    private const int RestoredFor = 5;

    private readonly List<RequestRecord> _requests;

    private RequestTimeline(List<RequestRecord> requests) => _requests = requests;

    /// <summary>Reads the requests of a history.</summary>
    public static RequestTimeline Load(string directory)
    {
        var requests = HistoryReader.Read(directory, HistoryFiles.Requests, HistoryJson.Default.RequestRecord).Select(r => r.Record).ToList();
        requests.Sort((a, b) => a.Answered.CompareTo(b.Answered));
        return new RequestTimeline(requests);
    }

    /// <summary>
    /// Whether a request was served: anything but no answer, a failure of the server, and a refusal to take so many (429). A conflict is an answer.
    /// A batch is served when that holds for each of its events.
    /// </summary>
    public static bool IsServed(RequestRecord request) => request.Status is >= 300 and < 500 and not 429
        || (request.Status is >= 200 and < 300 && Array.TrueForAll(request.Events, e => IsServed(request, e)));

    /// <summary>The share, from 0 to 1, of requests that were served among those sent within a time; NaN when there were none.</summary>
    public double ServedShare(long from, long until, Func<RequestRecord, bool> which)
    {
        var sent = _requests.Where(r => r.Sent >= from && r.Sent <= until && which(r)).ToList();
        return sent.Count == 0 ? double.NaN : (double)sent.Count(IsServed) / sent.Count;
    }

    /// <summary>The longest time that a request sent within a time took until its answer.</summary>
    public TimeSpan LongestAnswer(long from, long until, Func<RequestRecord, bool> which) =>
        _requests.Where(r => r.Sent >= from && r.Sent <= until && which(r))
            .Select(r => Stopwatch.GetElapsedTime(r.Sent, r.Answered))
            .DefaultIfEmpty()
            .Max();

    /// <summary>The time that so many of a hundred served requests, sent within a time, took at most.</summary>
    public TimeSpan Percentile(double percent, long from, long until) => Percentile(percent, from, until, _ => true);

    /// <summary>The same, of some requests.</summary>
    public TimeSpan Percentile(double percent, long from, long until, Func<RequestRecord, bool> which)
    {
        var times = _requests.Where(r => r.Sent >= from && r.Sent <= until && IsServed(r) && which(r))
            .Select(r => Stopwatch.GetElapsedTime(r.Sent, r.Answered)).Order().ToList();
        return times.Count == 0 ? TimeSpan.Zero : times[Math.Min((int)(times.Count * percent / 100), times.Count - 1)];
    }

    /// <summary>The longest time that one client went without being served: from the first request that failed to the answer that came again.</summary>
    public TimeSpan LongestOutage(long from)
    {
        var longest = TimeSpan.Zero;
        foreach (var client in _requests.Where(r => r.Sent >= from).GroupBy(r => r.Client, StringComparer.Ordinal))
        {
            RequestRecord? failed = null;
            foreach (var request in client)
            {
                if (!IsServed(request))
                {
                    failed ??= request;
                }
                else if (failed is not null)
                {
                    var outage = Stopwatch.GetElapsedTime(failed.Sent, request.Answered);
                    (longest, failed) = (outage > longest ? outage : longest, null);
                }
            }
        }

        return longest;
    }

    /// <summary>The most requests in a row that failed for one client.</summary>
    public int MostFailuresInARow(long from, long until)
    {
        var most = 0;
        foreach (var client in _requests.Where(r => r.Sent >= from && r.Sent <= until).GroupBy(r => r.Client, StringComparer.Ordinal))
        {
            var row = 0;
            foreach (var request in client)
            {
                row = IsServed(request) ? 0 : row + 1;
                most = Math.Max(most, row);
            }
        }

        return most;
    }

    /// <summary>What requests that ended within a time failed with, and how often: status and code.</summary>
    public string Failures(long from, long until) => string.Join(
        ", ",
        _requests.Where(r => r.Answered > from && r.Answered <= until && !IsServed(r))
            .GroupBy(NameOf, StringComparer.Ordinal)
            .OrderByDescending(g => g.Count())
            .Select(g => $"{g.Key} ×{g.Count()}")
            .DefaultIfEmpty("none"));

    /// <summary>The same, behind the number of all of them.</summary>
    public string CountedFailures(long from, long until)
    {
        var failed = _requests.Count(r => r.Answered > from && r.Answered <= until && !IsServed(r));
        return failed == 0 ? "0" : $"{failed}: {Failures(from, until)}";
    }

    /// <summary>The time from then until the first request that was served.</summary>
    public TimeSpan? FirstServedAfter(long at) =>
        _requests.Find(r => r.Sent >= at && IsServed(r)) is { } request ? Stopwatch.GetElapsedTime(at, request.Answered) : null;

    /// <summary>
    /// The time from then until the first second that opens five in a row at 95 % of the median of a clean time or more; null when there is none,
    /// for instance because the load ended before.
    /// </summary>
    public TimeSpan? RateBack(long cleanFrom, long cleanUntil, long after)
    {
        var clean = Rates(cleanFrom, cleanUntil);
        if (clean.Count == 0)
        {
            return null;
        }

        var least = clean.Order().ElementAt(clean.Count / 2) * Restored;
        var rates = Rates(after, _requests[^1].Answered);
        for (var second = 0; second + RestoredFor <= rates.Count; second++)
        {
            if (rates.Skip(second).Take(RestoredFor).All(r => r >= least))
            {
                return TimeSpan.FromSeconds(second);
            }
        }

        return null;
    }

    // An event of a batch that was accepted as a whole.
    private static bool IsServed(RequestRecord request, EventRecord sent) =>
        Outcomes.Of(request.Status, sent.Code, sent.Error) == Outcome.Acked
        || sent.Code is Outcomes.Conflict or "version_conflict" or "condition_failed" or "claim_conflict";

    private static string NameOf(RequestRecord failed) => failed.Status switch
    {
        RequestRecord.NotConnected => "not connected",
        0 => "no answer",
        >= 200 and < 300 => $"{failed.Status} with {string.Join(", ", failed.Events.Where(e => !IsServed(failed, e)).Select(e => e.Code ?? "no code").Distinct(StringComparer.Ordinal))}",
        _ => $"{failed.Status} {failed.Code}".TrimEnd(),
    };

    // Served requests in each whole second.
    private List<int> Rates(long from, long until)
    {
        var rates = new int[Math.Max((int)Stopwatch.GetElapsedTime(from, until).TotalSeconds, 0)];
        foreach (var request in _requests.Where(r => r.Answered >= from && r.Answered < until && IsServed(r)))
        {
            var second = (int)Stopwatch.GetElapsedTime(from, request.Answered).TotalSeconds;
            if (second < rates.Length)
            {
                rates[second]++;
            }
        }

        return [.. rates];
    }
}
