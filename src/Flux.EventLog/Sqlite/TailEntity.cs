namespace Flux.EventLog.Sqlite;

/// <summary>The positions of an entity's events that are not projected yet.</summary>
internal sealed class TailEntity(long firstVersion)
{
    private readonly List<long> _positions = [];
    private int _start;

    /// <summary>Gets the version of the oldest of them.</summary>
    public long FirstVersion { get; private set; } = firstVersion;

    public long LastVersion => FirstVersion + Count - 1;

    public int Count => _positions.Count - _start;

    public void Add(long position) => _positions.Add(position);

    public void RemoveFirst()
    {
        FirstVersion++;
        _start++;
        if (_start > 32 && _start > _positions.Count / 2)
        {
            _positions.RemoveRange(0, _start);
            _start = 0;
        }
    }

    public ReadOnlySpan<long> Positions => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_positions)[_start..];
}
