namespace Flux.Grains.Work;

/// <summary>What has become of a piece of work.</summary>
[GenerateSerializer, Alias("flux.work-state")]
public enum WorkState
{
    /// <summary>It begins when its file is fetched.</summary>
    Waiting,

    /// <summary>It is under way.</summary>
    Running,

    /// <summary>It has come to its end, and all is well.</summary>
    Done,

    /// <summary>It has come to an end, and something is not well.</summary>
    Failed,

    /// <summary>Somebody has called it off.</summary>
    Cancelled,

    /// <summary>Nothing was heard of it for too long: its silo is gone.</summary>
    Lost,
}
