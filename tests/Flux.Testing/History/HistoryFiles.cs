namespace Flux.Testing.History;

/// <summary>The names of the files that make a history.</summary>
public static class HistoryFiles
{
    /// <summary>Holds <see cref="RequestRecord"/> lines.</summary>
    public const string Requests = "requests.jsonl";

    /// <summary>Holds <see cref="ReadRecord"/> lines.</summary>
    public const string Reads = "reads.jsonl";

    /// <summary>Holds <see cref="SocketRecord"/> lines.</summary>
    public const string Sockets = "sockets.jsonl";

    /// <summary>Holds <see cref="RowRecord"/> lines.</summary>
    public const string Log = "log.jsonl";

    /// <summary>Holds <see cref="StateRecord"/> lines.</summary>
    public const string State = "state.jsonl";

    /// <summary>Holds <see cref="FaultRecord"/> lines.</summary>
    public const string Faults = "faults.jsonl";

    /// <summary>Holds <see cref="GrantRecord"/> lines.</summary>
    public const string Grants = "grants.jsonl";

    /// <summary>Holds <see cref="ReplayRecord"/> lines.</summary>
    public const string Replays = "replays.jsonl";
}
