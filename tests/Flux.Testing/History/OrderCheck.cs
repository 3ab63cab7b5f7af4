namespace Flux.Testing.History;

/// <summary>Checks that an event acknowledged before another was sent has the lower position.</summary>
internal static class OrderCheck
{
    public static void Run(RequestIndex requests, Findings findings)
    {
        var events = requests.Intents.Where(i => i.Row is not null).ToArray();
        var sent = events.Select(i => (At: i.FirstSent, Intent: i)).ToArray();
        var acked = events.Select(i => (At: i.FirstAcked, Intent: i)).Where(e => e.At != long.MaxValue).ToArray();
        Array.Sort(sent, (a, b) => a.At.CompareTo(b.At));
        Array.Sort(acked, (a, b) => a.At.CompareTo(b.At));

        Intent? latest = null;
        var next = 0;
        foreach (var (at, intent) in sent)
        {
            for (; next < acked.Length && acked[next].At < at; next++)
            {
                var candidate = acked[next].Intent;
                latest = latest is null || candidate.Row!.Record.Position > latest.Row!.Record.Position ? candidate : latest;
            }

            if (latest is not null && latest.Row!.Record.Position > intent.Row!.Record.Position)
            {
                findings.Add(
                    HistoryCount.Reorder,
                    $"{intent.Row} was sent after {latest.Row} was acknowledged, and stands before it",
                    [.. intent.Lines, .. latest.Lines, intent.Row.Line, latest.Row.Line]);
            }
        }
    }
}
