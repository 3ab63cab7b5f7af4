namespace Flux.Benchmarks.Sockets;

/// <summary>What many sockets have in common.</summary>
internal sealed record SocketPlan
{
    private const string ClassicToAll = """{"type":"subscribe","entity_id":"*"}""";

    public required int Count { get; init; }

    /// <summary>Gets the bytes with which each begins to read; it takes more when a frame needs them.</summary>
    public required int BufferSize { get; init; }

    /// <summary>Gets which sockets take latencies: one in so many, none with 0.</summary>
    public required int MeasuredEvery { get; init; }

    public SubscriptionProtocol Protocol { get; init; }

    /// <summary>Gets what the socket of a number says first; null when it says nothing.</summary>
    public Func<int, string>? Subscribe { get; init; }

    /// <summary>Gets a plan for sockets that subscribe to everything.</summary>
    public static SocketPlan ToAll(SubscriptionProtocol protocol, int count, int bufferSize, int measuredEvery)
    {
        var message = protocol == SubscriptionProtocol.Classic ? ClassicToAll : NewerTo("""
            "entity":"*"
            """);
        return new SocketPlan
        {
            Count = count,
            BufferSize = bufferSize,
            MeasuredEvery = measuredEvery,
            Protocol = protocol,
            Subscribe = _ => message,
        };
    }

    /// <summary>Makes a subscription of a newer socket; all have the same name, as the sockets of one program do.</summary>
    /// <param name="members">Its members besides type and name, as JSON.</param>
    public static string NewerTo(string members) => $$"""{"type":"subscribe","sub":"s",{{members}}}""";
}
