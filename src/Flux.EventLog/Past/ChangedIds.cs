using Flux.Core.Entities;
using Flux.Core.Log;

namespace Flux.EventLog.Past;

/// <summary>The entities of a range that had events after a position: all others are still as they were there.</summary>
internal sealed class ChangedIds(EntityRange range, Position position) : IEventSink
{
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);

    private bool _lacksEvents; // any may have changed

    /// <summary>Gets the position up to which they are known.</summary>
    public Position Through { get; private set; } = position;

    /// <inheritdoc/>
    public bool IsFull => false;

    public int Count => _ids.Count;

    public bool Contains(string id) => _lacksEvents || _ids.Contains(id);

    /// <summary>Reads on to a position.</summary>
    public async ValueTask ReadThroughAsync(IPastSource source, Position through, CancellationToken cancellationToken)
    {
        if (through > Through)
        {
            await source.ScanAsync(Through.Next, through, this, cancellationToken).ConfigureAwait(false);
            Through = through;
        }
    }

    /// <inheritdoc/>
    public void Miss() => _lacksEvents = true;

    /// <inheritdoc/>
    public bool Wants(ReadOnlySpan<char> id)
    {
        var known = _ids.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!known.Contains(id) && id.ToString() is var text && range.Contains(text))
        {
            _ids.Add(text);
        }

        return false;
    }

    /// <inheritdoc/>
    public void Take(long version, byte[]? payload, Timestamp recordedAt) => throw new InvalidOperationException("nothing but ids was wanted");
}
