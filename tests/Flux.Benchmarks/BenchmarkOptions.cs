namespace Flux.Benchmarks;

/// <summary>How a run was asked for.</summary>
internal sealed record BenchmarkOptions
{
    /// <summary>The connections of single ingest that goals are set for.</summary>
    public const int JudgedConnections = 64;

    /// <summary>Gets how long each round of a load lasts.</summary>
    public required TimeSpan Round { get; init; }

    /// <summary>Gets how long each server is driven before the first round, so that compiled code is what is measured.</summary>
    public required TimeSpan WarmUp { get; init; }

    public required int Rounds { get; init; }

    /// <summary>Gets the entities that the ingest loads spread their events over.</summary>
    public required int Entities { get; init; }

    /// <summary>Gets the numbers of connections of single ingest, one after the other.</summary>
    public required IReadOnlyList<int> Connections { get; init; }

    /// <summary>Gets the load of single events that all other measurements of it use.</summary>
    public SingleLoad SingleLoad => new(Connections.Contains(JudgedConnections) ? JudgedConnections : Connections[^1], Entities);

    /// <summary>Gets the connections of batch ingest.</summary>
    public required int BatchConnections { get; init; }

    public required int BatchSize { get; init; }

    /// <summary>Gets the events that the full log of "growth" holds.</summary>
    public required long GrowthEvents { get; init; }

    /// <summary>Gets the events of a round of "growth"; few beside <see cref="GrowthEvents"/>, so that the empty log stays nearly so.</summary>
    public required int GrowthRoundEvents { get; init; }

    /// <summary>Gets the entities that "memory" touches, and "paging" pages through.</summary>
    public required int MemoryEntities { get; init; }

    /// <summary>Gets how long "memory" watches after the last event.</summary>
    public required TimeSpan MemoryAftermath { get; init; }

    /// <summary>Gets the events of "as-of".</summary>
    public required int AsOfEvents { get; init; }

    /// <summary>Gets the entities of "as-of" and "console".</summary>
    public required int AsOfEntities { get; init; }

    /// <summary>Gets the stores that are measured: embedded, postgres.</summary>
    public required IReadOnlyList<string> Stores { get; init; }

    public required int IdleSockets { get; init; }

    /// <summary>Gets the sockets of "reconnect".</summary>
    public required int ReconnectSockets { get; init; }

    /// <summary>Gets whether "reconnect" kills the server instead of cutting the sockets.</summary>
    public required bool Restart { get; init; }

    /// <summary>Gets the events of 1 KiB that "stalled" sends before each round.</summary>
    public required int StalledEvents { get; init; }

    /// <summary>Gets the events that "replay" plays as fast as possible.</summary>
    public required int ReplayEvents { get; init; }

    /// <summary>Gets the points of "series".</summary>
    public required int SeriesPoints { get; init; }

    /// <summary>Gets the protocols that "push" and "fanout" are measured with, in turn.</summary>
    public required IReadOnlyList<SubscriptionProtocol> Protocols { get; init; }

    /// <summary>Gets whether single ingest is driven with wrk; without it this process drives.</summary>
    public required bool UseWrk { get; init; }

    public required string ServerAssembly { get; init; }

    /// <summary>Gets the folder under which the servers' data goes; the disk below it is what fsync is measured on.</summary>
    public required string DataFolder { get; init; }

    public required IReadOnlyDictionary<string, string> ServerEnvironment { get; init; }

    /// <summary>Gets the protocols in the order of a round: each begins with another one, so that none always runs in another's wake.</summary>
    public IEnumerable<SubscriptionProtocol> ProtocolsOf(int round) => Protocols.Select((_, at) => Protocols[(at + round) % Protocols.Count]);
}
