using Flux.Core.Subscriptions;
using Orleans.Streams;

namespace Flux.Providers.ChangeStreams;

/// <summary>Lets agents read the queues. Nobody writes through Orleans: what is in a change stream has been committed to the log.</summary>
internal sealed class ChangeQueueAdapter(ChangeQueues queues) : IQueueAdapter
{
    /// <inheritdoc/>
    public string Name => ChangeStream.Provider;

    // Rewinding is the log's business. It also lets the agents of several silos feed one subscription: tokens are not compared.

    /// <inheritdoc/>
    public bool IsRewindable => false;

    /// <inheritdoc/>
    public StreamProviderDirection Direction => StreamProviderDirection.ReadOnly;

    /// <inheritdoc/>
    public IQueueAdapterReceiver CreateReceiver(QueueId queueId) => new ChangeReceiver(queues.Find(queueId) ?? Closed());

    /// <inheritdoc/>
    public Task QueueMessageBatchAsync<T>(
        StreamId streamId, IEnumerable<T> events, StreamSequenceToken? token, Dictionary<string, object>? requestContext) =>
        throw new NotSupportedException("Changes come from the log: append an event instead");

    // The destination left between the balancer's answer and this call.
    private static ChangeQueue Closed()
    {
        var queue = new ChangeQueue(SiloAddress.Zero, default);
        queue.Close();
        return queue;
    }
}
