using System.Buffers;
using Flux.Core.Events;
using Flux.Core.Json;
using Flux.Core.Log;
using Flux.Core.Subscriptions;

namespace Flux.Server.Subscriptions.V2;

/// <summary>Makes of a stretch of changes, for one slow subscription, one change for each entity, with the newest value of each property. Not safe for several threads.</summary>
internal sealed class Conflation(Guid epoch)
{
    private readonly Dictionary<string, Merged> _entities = new(StringComparer.Ordinal);
    private readonly ChangeBodies _bodies = new(epoch);
    private readonly List<RecordedEvent> _damaged = [];
    private long _taken;

    /// <summary>Gets about how many bytes the merged changes will take.</summary>
    public long Bytes { get; private set; }

    /// <summary>Gets a value indicating whether nothing was taken since the last <see cref="Flush"/>.</summary>
    public bool IsEmpty => _taken == 0;

    /// <summary>Forgets what was taken.</summary>
    public void Clear()
    {
        _entities.Clear();
        _damaged.Clear();
        _taken = 0;
        Bytes = 0;
    }

    /// <summary>Takes a change that the subscription wants.</summary>
    public void Take(JudgedChange change, ChangeKind kind)
    {
        if (kind == ChangeKind.Quarantined)
        {
            _damaged.Add(change.Recorded); // each has a frame of its own
            _taken++;
            Bytes += 500;
            return;
        }

        var payload = change.Recorded.Data.Payload;
        if (!_entities.TryGetValue(payload.EntityId!, out var merged))
        {
            _entities.Add(payload.EntityId!, merged = new Merged { WasIn = kind is not ChangeKind.Enter });
            Bytes += (2 * payload.EntityId!.Length) + 500;
        }

        _taken++;
        switch (kind)
        {
            case ChangeKind.Deleted:
                Bytes -= merged.Bytes;
                merged.Deletion = change.Recorded;
                merged.Clear();
                break;
            case ChangeKind.Leave:
                merged.Last = change;
                merged.IsIn = false;
                break;
            case ChangeKind.Enter:
                merged.Last = change;
                merged.IsIn = true;
                merged.HasEntered = true;
                Bytes += change.After?.Bytes ?? 0;
                break;
            default:
                merged.Last = change;
                merged.IsIn = true;
                Bytes += merged.Set(payload.Change.Properties);
                break;
        }
    }

    /// <summary>Writes what was taken, and the receipt.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="variant">For whom.</param>
    /// <param name="from">The first position of the stretch.</param>
    /// <param name="to">The cursor behind its last.</param>
    public void Flush(IBufferWriter<byte> output, FrameVariant variant, Position from, Cursor to)
    {
        var pieces = new List<(Position Position, Action Write)>();
        foreach (var merged in _entities.Values)
        {
            Collect(merged, pieces, output, variant);
        }

        foreach (var damaged in _damaged)
        {
            pieces.Add((damaged.Position, () =>
            {
                _bodies.Start(damaged, properties: null, hasCursor: false);
                _bodies.Write(output, variant, ChangeKind.Quarantined);
            }
            ));
        }

        foreach (var (_, write) in pieces.OrderBy(piece => piece.Position))
        {
            write();
        }

        Frames.WriteSkipped(output, variant, from, to, _taken - pieces.Count);
        Clear();
    }

    private void Collect(Merged merged, List<(Position Position, Action Write)> pieces, IBufferWriter<byte> output, FrameVariant variant)
    {
        // An entity that the client never had, and that is gone again, is nothing to it.
        if (merged.Deletion is { } deletion && merged.WasIn)
        {
            pieces.Add((deletion.Position, () =>
            {
                _bodies.Start(deletion, properties: null, hasCursor: false);
                _bodies.Write(output, variant, ChangeKind.Deleted);
            }
            ));
        }

        if (merged.Last is not { } last)
        {
            return;
        }

        var isIn = merged.WasIn && merged.Deletion is null;
        if (!merged.IsIn)
        {
            if (isIn)
            {
                pieces.Add((last.Recorded.Position, () => WriteAs(ChangeKind.Leave)));
            }
        }
        else if (merged.HasEntered)
        {
            // Entered, or left and entered again: all properties say what it is now.
            pieces.Add((last.Recorded.Position, () => WriteAs(ChangeKind.Enter)));
        }
        else
        {
            pieces.Add((last.Recorded.Position, () => WriteMerged(output, variant, last.Recorded, merged)));
        }

        void WriteAs(ChangeKind kind)
        {
            _bodies.Start(last.Recorded, last.After, hasCursor: false);
            _bodies.Write(output, variant, kind);
        }
    }

    private static void WriteMerged(IBufferWriter<byte> output, FrameVariant variant, RecordedEvent last, Merged merged)
    {
        var body = new ArrayBufferWriter<byte>(512);
        body.Write(",\"entity_id\":"u8);
        JsonWrite.String(body, last.Data.Payload.EntityId!);
        body.Write(",\"properties\":"u8);
        ChangeBodies.WriteProperties(body, merged.ToProperties());
        ChangeBodies.WriteCommon(body, last);
        body.Write("}"u8);
        variant.Write(output, "change"u8, body.WrittenSpan, cursor: []);
    }

    private sealed class Merged
    {
        private readonly Dictionary<string, ReadOnlyMemory<byte>> _properties = new(StringComparer.Ordinal);

        /// <summary>Gets a value indicating whether the client had it before, as far as one can tell: it did not begin with an enter.</summary>
        public bool WasIn { get; init; }

        public bool IsIn { get; set; }

        public bool HasEntered { get; set; }

        public RecordedEvent? Deletion { get; set; }

        public JudgedChange? Last { get; set; }

        public long Bytes { get; private set; }

        public long Set(ReadOnlySpan<PropertyChange> properties)
        {
            var before = Bytes;
            foreach (var property in properties)
            {
                Bytes += property.Value.Length + (_properties.TryGetValue(property.Name, out var former) ? -former.Length : 2 * property.Name.Length);
                _properties[property.Name] = property.Value;
            }

            return Bytes - before;
        }

        public void Clear()
        {
            _properties.Clear();
            (Last, IsIn, HasEntered, Bytes) = (null, false, false, 0);
        }

        public PropertyChange[] ToProperties() => [.. _properties.Select(property => new PropertyChange(property.Key, property.Value))];
    }
}
