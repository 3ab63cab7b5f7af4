namespace Flux.Benchmarks.Load;

/// <summary>A connection of an open loop with the request and the latencies that are its own; it is opened anew when it broke.</summary>
internal sealed class OpenLoopConnection(int port, EventRequest request) : IDisposable
{
    private HttpConnection? _http;

    public EventRequest Request => request;

    public LatencyRecorder Latencies { get; } = new();

    /// <summary>Gets the body of the last answer.</summary>
    public ReadOnlyMemory<byte> Body => _http!.Body;

    public async Task OpenAsync(CancellationToken cancellationToken) => _http = await HttpConnection.OpenAsync(port, cancellationToken);

    /// <summary>Sends the request and returns the status of its answer.</summary>
    public async ValueTask<int> ExchangeAsync(CancellationToken cancellationToken)
    {
        if (_http is null)
        {
            await OpenAsync(cancellationToken);
        }

        return await _http!.ExchangeAsync(request.Bytes, cancellationToken);
    }

    /// <summary>Closes it; the next exchange opens it again.</summary>
    public void Close()
    {
        _http?.Dispose();
        _http = null;
    }

    public void Dispose() => Close();
}
