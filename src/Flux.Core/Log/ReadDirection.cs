namespace Flux.Core.Log;

/// <summary>Which way a read goes along the log.</summary>
public enum ReadDirection
{
    /// <summary>Towards later events.</summary>
    Forward,

    /// <summary>Towards earlier events.</summary>
    Backward,
}
