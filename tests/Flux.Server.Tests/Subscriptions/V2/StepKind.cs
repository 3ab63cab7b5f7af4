namespace Flux.Server.Tests.Subscriptions.V2;

/// <summary>What happens in a random script.</summary>
internal enum StepKind
{
    /// <summary>An event is written.</summary>
    Write,

    /// <summary>What was written is told to the silo.</summary>
    Dispatch,

    /// <summary>What was written goes into the read model.</summary>
    Project,

    /// <summary>A subscription begins.</summary>
    Subscribe,

    /// <summary>A subscription ends.</summary>
    Unsubscribe,

    /// <summary>A socket's client stops reading.</summary>
    Stall,

    /// <summary>It goes on.</summary>
    Read,

    /// <summary>Other threads run.</summary>
    Yield,
}
