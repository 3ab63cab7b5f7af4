using System.Diagnostics;

namespace Flux.Testing.Subscriptions;

/// <summary>How long changes took from the writer to subscribers, both ends seen on one clock.</summary>
internal static class PushTimes
{
    /// <summary>The time that so many of a hundred changes took at most that were sent within a time; null when there were none.</summary>
    public static TimeSpan? Percentile(double percent, IEnumerable<IEnumerable<SubscriptionRecord>> subscribers, WriteTimes writes, long from, long until)
    {
        var times = new List<long>();
        foreach (var record in subscribers.SelectMany(r => r))
        {
            if (record is SubscriptionRecord.Received received && record.At >= from
                && FrameGlance.At(received.Raw) is { Type: "change", Position: { } position } && writes.SentAt(position) is { } sent && sent >= from && sent <= until)
            {
                times.Add(record.At - sent);
            }
        }

        times.Sort();
        return times.Count == 0 ? null : Stopwatch.GetElapsedTime(0, times[Math.Min((int)(times.Count * percent / 100), times.Count - 1)]);
    }
}
