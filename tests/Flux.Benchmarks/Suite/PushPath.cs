namespace Flux.Benchmarks.Suite;

/// <summary>The way from a POST to the frame on a socket that subscribes to everything.</summary>
internal sealed record PushPath
{
    /// <summary>Gets the port that events are posted to.</summary>
    public required int PublishPort { get; init; }

    /// <summary>Gets the port that the socket is open at.</summary>
    public required int SubscribePort { get; init; }

    /// <summary>Gets what reads the CPU of the servers on the way.</summary>
    public required Func<TimeSpan> Cpu { get; init; }

    /// <summary>Gets what is measured beside it; null for nothing.</summary>
    public IPushYardstick? Yardstick { get; init; }
}
