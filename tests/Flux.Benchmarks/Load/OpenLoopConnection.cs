namespace Flux.Benchmarks.Load;

/// <summary>A connection of an open loop with the request and the latencies that are its own.</summary>
internal sealed class OpenLoopConnection(HttpConnection http, EventRequest request)
{
    public HttpConnection Http => http;

    public EventRequest Request => request;

    public LatencyRecorder Latencies { get; } = new();
}
