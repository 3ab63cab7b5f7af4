using System.Runtime.InteropServices;

namespace Flux.Testing.History;

/// <summary>Compares what subscriptions got while it happened with what they get when they ask for it again: byte for byte.</summary>
internal sealed class ReplayCheck(Findings findings)
{
    /// <summary>How many frames were compared.</summary>
    public long Compared { get; private set; }

    public void Run(string directory)
    {
        var all = new SortedDictionary<string, (List<(byte[] Raw, HistoryLine Line)> Live, List<(byte[] Raw, HistoryLine Line)> Again)>(StringComparer.Ordinal);
        foreach (var (record, number) in HistoryReader.Read(directory, HistoryFiles.Replays, HistoryJson.Default.ReplayRecord))
        {
            if (!all.TryGetValue(record.Subscription, out var lists))
            {
                all.Add(record.Subscription, lists = ([], []));
            }

            (record.IsReplay ? lists.Again : lists.Live).Add((record.Raw, new HistoryLine(HistoryFiles.Replays, number)));
        }

        foreach (var (name, (live, again)) in all)
        {
            Compare(name, CollectionsMarshal.AsSpan(live), CollectionsMarshal.AsSpan(again));
        }
    }

    private void Compare(string name, ReadOnlySpan<(byte[] Raw, HistoryLine Line)> live, ReadOnlySpan<(byte[] Raw, HistoryLine Line)> again)
    {
        var both = Math.Min(live.Length, again.Length);
        for (var i = 0; i < both; i++)
        {
            Compared++;
            if (!live[i].Raw.AsSpan().SequenceEqual(again[i].Raw))
            {
                findings.Add(HistoryCount.LiveReplay, $"change {i} of {name} was another when it came again", live[i].Line, again[i].Line);
            }
        }

        if (live.Length != again.Length)
        {
            findings.Add(HistoryCount.LiveReplay, $"{name} got {live.Length} changes while they happened, and {again.Length} when it asked again");
        }
    }
}
