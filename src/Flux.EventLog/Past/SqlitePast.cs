using Flux.Core.Entities;
using Flux.Core.Log;
using Flux.EventLog.Sqlite;
using Microsoft.Data.Sqlite;

namespace Flux.EventLog.Past;

/// <summary>The past in the embedded store. All calls work on the caller's thread.</summary>
internal sealed class SqlitePast(string logPath, string readModelPath) : IPastSource, IDisposable
{
    // Between two pages a reader holds no snapshot, which would keep the WAL from being reused.
    private const int ScanPage = 50_000;

    private readonly ReaderPool<EventScanner> _log = new(() => new EventScanner(logPath));
    private readonly ReaderPool<PastReader> _readModel = new(() => new PastReader(readModelPath));

    /// <inheritdoc/>
    public ValueTask<long> CountAsync(EntityRange range, long most, CancellationToken cancellationToken) =>
        new(Read((range, most), static (reader, s) => reader.Count(s.range, s.most)));

    /// <inheritdoc/>
    public ValueTask<PresentRows> ReadPresentAsync(EntityRange range, int maxRows, CancellationToken cancellationToken) =>
        new(Read((range, maxRows), static (reader, s) => reader.ReadPresent(s.range, s.maxRows)));

    /// <inheritdoc/>
    public ValueTask<HashSet<string>> ReadDamagedAsync(EntityRange range, CancellationToken cancellationToken) =>
        new(Read(range, static (reader, of) => reader.ReadDamaged(of)));

    /// <inheritdoc/>
    public ValueTask<Position> FindCheckpointAsync(Position position, CancellationToken cancellationToken) =>
        new(Read(position, static (reader, at) => reader.FindCheckpoint(at)));

    /// <inheritdoc/>
    public ValueTask<List<CheckpointRow>> ReadCheckpointAsync(
        Position checkpoint, EntityRange range, int maxRows, CancellationToken cancellationToken) =>
        new(Read((checkpoint, range, maxRows), static (reader, s) => reader.ReadCheckpoint(s.checkpoint, s.range, s.maxRows)));

    /// <inheritdoc/>
    public ValueTask ScanAsync(Position first, Position last, IEventSink sink, CancellationToken cancellationToken)
    {
        try
        {
            for (var from = first.Value; from <= last.Value && !sink.IsFull; from += ScanPage)
            {
                cancellationToken.ThrowIfCancellationRequested();
                _log.Read(
                    (from, through: Math.Min(from + ScanPage - 1, last.Value), sink),
                    static (scanner, s) => scanner.Scan(s.from, s.through, s.sink));
            }
        }
        catch (SqliteException e)
        {
            throw new EventLogUnavailableException("the event log cannot be read", e);
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Closes the connections that nobody uses at the moment.</summary>
    public void ReleaseMemory()
    {
        _log.CloseIdle();
        _readModel.CloseIdle();
    }

    public void Dispose()
    {
        _log.Dispose();
        _readModel.Dispose();
    }

    private T Read<TState, T>(TState state, Func<PastReader, TState, T> read)
    {
        try
        {
            return _readModel.Read(state, read);
        }
        catch (SqliteException e)
        {
            throw new EventLogUnavailableException("the read model cannot be read", e);
        }
    }
}
