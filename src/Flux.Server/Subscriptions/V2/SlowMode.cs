namespace Flux.Server.Subscriptions.V2;

/// <summary>What happens to a subscription whose client reads too slowly. The client chooses.</summary>
internal enum SlowMode
{
    /// <summary>It is served from the log at the client's pace.</summary>
    CatchUp,

    /// <summary>The same, and changes of one entity become one, with the newest value of each property and a receipt.</summary>
    Conflate,

    /// <summary>The socket is closed with the position to resume from.</summary>
    Disconnect,
}
