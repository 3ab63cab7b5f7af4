using System.Diagnostics.CodeAnalysis;
using Flux.Core.Entities;
using Flux.Core.Log;

namespace Flux.EventLog.Series;

/// <summary>The stretches that entities are in the middle of while the projection passes: at the end of one it has its chunks without the log.</summary>
/// <remarks>
/// Bounded. An entity without a place here loses nothing but time: its stretch is made by the first who reads it. The first stretch of an entity
/// is never gathered, so that the many entities with few events cost nothing.
/// </remarks>
/// <param name="maxBytes">What they may hold. A new stretch begins below half of it, so that those that have begun can grow.</param>
/// <param name="idleEvents">How many events pass before an entity that none of them was of may lose its place.</param>
internal sealed class StretchBuffers(long maxBytes, long idleEvents)
{
    // The projection has it to itself, but for the memory that is taken back when the server is idle.
    private readonly Lock _gate = new();
    private readonly Dictionary<string, StretchBuilder> _builders = new(StringComparer.Ordinal);
    private long _events;
    private long _sweptAt;
    private long _bytes;

    /// <summary>Gets the bytes that they hold, roughly.</summary>
    public long Bytes => _bytes;

    /// <summary>Takes the next event of an entity.</summary>
    /// <param name="id">The entity's id.</param>
    /// <param name="row">The event.</param>
    /// <param name="before">The properties before it.</param>
    /// <param name="stretch">The stretch that ends with it, if all of it was gathered.</param>
    /// <returns>False while there is none.</returns>
    public bool TryComplete(string id, RecordedEvent row, PropertyMap before, [NotNullWhen(true)] out KeptStretch? stretch)
    {
        stretch = null;
        lock (_gate)
        {
            _events++;
            var isEnd = row.Version % SeriesChunk.Versions == 0;
            if (_builders.TryGetValue(id, out var builder))
            {
                _bytes -= builder.Bytes;
                if (builder.Next == row.Version)
                {
                    builder.Add(row, before);
                    builder.LastEvent = _events;
                    stretch = isEnd && !builder.IsTooLarge ? builder.Build() : null;
                    if (stretch is not null)
                    {
                        builder.GoOn();
                    }
                }

                if (builder.Next == row.Version + 1 && !builder.IsTooLarge && _bytes + builder.Bytes <= maxBytes)
                {
                    _bytes += builder.Bytes;
                    return stretch is not null;
                }

                _builders.Remove(id); // too much, or not all of it: the next stretch may do better
            }

            if (isEnd && HasRoom())
            {
                builder = new StretchBuilder(id, row.Version / SeriesChunk.Versions) { LastEvent = _events };
                _builders.Add(id, builder);
                _bytes += builder.Bytes;
            }

            return stretch is not null;
        }
    }

    /// <summary>Forgets all of them.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _builders.Clear();
            _builders.TrimExcess();
            _bytes = 0;
        }
    }

    private bool HasRoom()
    {
        if (_bytes >= maxBytes / 2 && _events - _sweptAt >= idleEvents)
        {
            foreach (var (id, builder) in _builders)
            {
                if (builder.LastEvent <= _sweptAt)
                {
                    _bytes -= builder.Bytes;
                    _builders.Remove(id);
                }
            }

            _sweptAt = _events;
        }

        return _bytes < maxBytes / 2;
    }
}
