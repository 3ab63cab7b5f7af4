namespace Flux.Core.Log;

/// <summary>The store has no room left, and nothing of the event was kept. Appends work again once there is room.</summary>
[GenerateSerializer, Alias("flux.storage-full")]
public sealed class StorageFullException : EventLogUnavailableException
{
    /// <summary>Initializes a new instance of the <see cref="StorageFullException"/> class.</summary>
    /// <param name="message">What is full, for a person.</param>
    /// <param name="inner">What the store said.</param>
    public StorageFullException(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <inheritdoc/>
    public override string Code => "storage_full";
}
