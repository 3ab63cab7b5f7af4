using System.Buffers;
using System.Text;
using Flux.Core.Entities;
using Flux.Core.Json;
using Flux.Core.Log;
using Flux.Core.Series;
using Flux.EventLog.Rows;

namespace Flux.EventLog.Series;

/// <summary>Gathers the points of an entity's properties, event by event, through one stretch of versions after the other.</summary>
/// <remarks>
/// Points are kept one behind the other as they come, and are put into columns when the stretch ends: a projection has thousands of these, and
/// each place in memory that an event touches costs more than what is written there. Of a point: the place of its version in the stretch (a byte),
/// the time since the point before, the number of its property, and the value's JSON with its length, which is 0 for one that is too long to keep.
/// </remarks>
/// <param name="entity">The entity's id.</param>
/// <param name="stretch">The first stretch.</param>
internal sealed class StretchBuilder(string entity, long stretch)
{
    // Some 60 properties in each of the 256 events.
    private const int MaxBytes = 256 * 1024;

    // What was set once stays in the list, so that a number means the same in the next stretch; beyond this many it begins anew.
    private const int MaxNames = 64;

    private readonly ArrayBufferWriter<byte> _points = new();
    private readonly List<string> _names = [];
    private int _nextName; // where the next property is, if they come in the order of the event before
    private long _lastTime;

    /// <summary>Gets the version that it takes next.</summary>
    public long Next { get; private set; } = (stretch * SeriesChunk.Versions) + 1;

    /// <summary>Gets the bytes that it holds, roughly.</summary>
    public int Bytes => 200 + _points.Capacity + (50 * _names.Count);

    /// <summary>Gets a value indicating whether there are too many points to keep: they are dropped, and no more are taken.</summary>
    public bool IsTooLarge { get; private set; }

    /// <summary>Gets or sets when the last event came, as its owner counts.</summary>
    public long LastEvent { get; set; }

    /// <summary>Takes the entity's next event.</summary>
    /// <param name="row">The event.</param>
    /// <param name="before">The properties before it.</param>
    public void Add(RecordedEvent row, PropertyMap before)
    {
        Next++;
        var change = row.Data.Payload.Change;
        if (change.IsDeletion)
        {
            foreach (var (name, value) in before)
            {
                if (!SeriesPoint.IsGap(value))
                {
                    Add(row, name, "null"u8);
                }
            }

            return;
        }

        foreach (var property in change.Properties)
        {
            Add(row, property.Name, property.Value.Span);
        }
    }

    /// <summary>Writes the stretch that is gathered, to its end.</summary>
    public KeptStretch Build()
    {
        var number = (Next - 2) / SeriesChunk.Versions;
        var columns = new SeriesColumn?[_names.Count];
        var rest = _points.WrittenMemory;
        var time = 0L;
        while (!rest.IsEmpty)
        {
            var head = rest.Span;
            var version = (number * SeriesChunk.Versions) + head[0] + 1;
            head = head[1..];
            time += (long)VarInt.Read(ref head);
            ref var column = ref columns[(int)VarInt.Read(ref head)];
            column ??= new SeriesColumn();
            var length = (int)VarInt.Read(ref head);
            rest = rest[^head.Length..];
            column.Add(length == 0
                ? new SeriesPoint(version, new Timestamp(time), SeriesPointKind.Other, 0, default)
                : SeriesPoint.Of(version, new Timestamp(time), rest[..length]));
            rest = rest[length..];
        }

        var chunks = new List<(byte[] Property, byte[] Points)>();
        foreach (var (name, column) in _names.Zip(columns).OrderBy(pair => pair.First, StringComparer.Ordinal))
        {
            if (column is not null)
            {
                var property = Encoding.UTF8.GetBytes(name);
                chunks.Add((property, column.Write(SeriesChunk.SeedOf(entity, property, number))));
            }
        }

        return new KeptStretch(entity, number, chunks);
    }

    /// <summary>Begins the next stretch.</summary>
    public void GoOn()
    {
        _points.ResetWrittenCount();
        _lastTime = 0;
        if (_names.Count > MaxNames)
        {
            _names.Clear();
        }
    }

    private void Add(RecordedEvent row, string name, ReadOnlySpan<byte> json)
    {
        if (IsTooLarge)
        {
            return;
        }

        _points.GetSpan(1)[0] = SeriesChunk.OffsetOf(row.Version);
        _points.Advance(1);
        VarInt.Write(_points, (ulong)(row.RecordedAt.Microseconds - _lastTime));
        VarInt.Write(_points, (ulong)NumberOf(name));
        if (json.Length <= SeriesPoint.MaxJson)
        {
            Write(json);
        }
        else if (SeriesPoint.Of(row.Version, row.RecordedAt, json.ToArray()) is { Kind: SeriesPointKind.Number, Number: var number })
        {
            var shorter = new ArrayBufferWriter<byte>(32);
            JsonWrite.Number(shorter, number); // the same double with fewer digits
            Write(shorter.WrittenSpan);
        }
        else
        {
            Write([]);
        }

        _lastTime = row.RecordedAt.Microseconds;
        if (_points.WrittenCount > MaxBytes)
        {
            IsTooLarge = true;
            _points.ResetWrittenCount();
        }
    }

    private void Write(ReadOnlySpan<byte> value)
    {
        VarInt.Write(_points, (ulong)value.Length);
        _points.Write(value);
    }

    private int NumberOf(string name)
    {
        if (_nextName >= _names.Count || !string.Equals(_names[_nextName], name, StringComparison.Ordinal))
        {
            _nextName = _names.IndexOf(name);
            if (_nextName < 0)
            {
                _nextName = _names.Count;
                _names.Add(name);
            }
        }

        var number = _nextName++;
        _nextName = _nextName == _names.Count ? 0 : _nextName;
        return number;
    }
}
