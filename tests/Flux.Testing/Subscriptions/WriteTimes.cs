using Flux.Testing.History;

namespace Flux.Testing.Subscriptions;

/// <summary>Says what could not be known yet at a time: the positions of events that were sent later.</summary>
internal sealed class WriteTimes
{
    private readonly long[] _sent;

    private readonly Dictionary<long, long> _sentAt;

    // The lowest position among this write and all that were sent after it.
    private readonly long[] _lowest;

    public WriteTimes(IEnumerable<(long Sent, long Position)> writes)
    {
        var ordered = writes.OrderBy(w => w.Sent).ToArray();
        _sent = [.. ordered.Select(w => w.Sent)];
        _sentAt = ordered.ToDictionary(w => w.Position, w => w.Sent);
        _lowest = [.. ordered.Select(w => w.Position)];
        for (var i = _lowest.Length - 2; i >= 0; i--)
        {
            _lowest[i] = Math.Min(_lowest[i], _lowest[i + 1]);
        }
    }

    public static WriteTimes Unknown { get; } = new([]);

    /// <summary>Reads the acknowledged writes of a history. A repetition was first sent earlier than its own request says, and tells nothing.</summary>
    public static WriteTimes Load(string history)
    {
        var first = new Dictionary<long, long>();
        var repeated = new HashSet<long>();
        foreach (var (request, _) in HistoryReader.Read(history, HistoryFiles.Requests, HistoryJson.Default.RequestRecord))
        {
            foreach (var sent in request.Events.Where(e => e.Position is > 0))
            {
                if (sent.Duplicate)
                {
                    repeated.Add(sent.Position!.Value);
                }
                else
                {
                    first[sent.Position!.Value] = request.Sent;
                }
            }
        }

        return new WriteTimes(first.Where(w => !repeated.Contains(w.Key)).Select(w => (w.Value, w.Key)));
    }

    /// <summary>When the event at a position was sent; null when that is not known.</summary>
    public long? SentAt(long position) => _sentAt.TryGetValue(position, out var sent) ? sent : null;

    /// <summary>The lowest position of what was sent after a time; null when nothing was.</summary>
    public long? LowestSentAfter(long at)
    {
        var index = Array.BinarySearch(_sent, at + 1);
        index = index < 0 ? ~index : index;
        while (index > 0 && _sent[index - 1] > at)
        {
            index--;
        }

        return index < _lowest.Length ? _lowest[index] : null;
    }
}
