using System.Collections.Concurrent;

namespace Flux.EventLog.Sqlite;

/// <summary>Keeps idle reading connections. Reads are synchronous, so there are about as many as threads that read at once.</summary>
internal sealed class ReaderPool<T>(Func<T> open) : IDisposable
    where T : class, IDisposable
{
    private const int MaxIdle = 16;

    private readonly ConcurrentBag<T> _idle = [];
    private volatile bool _isDisposed;

    /// <summary>Runs a read on a connection of its own. One that failed is not used again.</summary>
    public TResult Read<TState, TResult>(TState state, Func<T, TState, TResult> read)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        var reader = _idle.TryTake(out var idle) ? idle : open();
        TResult result;
        try
        {
            result = read(reader, state);
        }
        catch
        {
            reader.Dispose();
            throw;
        }

        if (_isDisposed || _idle.Count >= MaxIdle)
        {
            reader.Dispose();
        }
        else
        {
            _idle.Add(reader);
        }

        return result;
    }

    public void Dispose()
    {
        _isDisposed = true;
        CloseIdle();
    }

    /// <summary>Closes those that nobody uses at the moment, and frees what they keep of the file.</summary>
    public void CloseIdle()
    {
        while (_idle.TryTake(out var reader))
        {
            reader.Dispose();
        }
    }
}
