namespace Flux.Core.Subscriptions;

/// <summary>The names of the Orleans streams that carry committed batches, one stream for each silo that has sockets.</summary>
public static class ChangeStream
{
    /// <summary>The stream provider.</summary>
    public const string Provider = "flux";

    /// <summary>The namespace of the streams; a stream's key is the address of the silo that it leads to.</summary>
    public const string Namespace = "flux.changes";
}
