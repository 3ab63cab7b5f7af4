using Orleans.Streams;

namespace Flux.Providers.ChangeStreams;

/// <summary>The reading end of a queue. It waits for a signal instead of a timer, so a commit is on its way as soon as it is known.</summary>
internal sealed class ChangeReceiver(ChangeQueue queue) : IQueueAdapterReceiver
{
    /// <inheritdoc/>
    public Task Initialize(TimeSpan timeout) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task<IList<IBatchContainer>> GetQueueMessagesAsync(int maxCount) => queue.TakeAsync(CancellationToken.None);

    /// <inheritdoc/>
    public Task<IList<IBatchContainer>> GetQueueMessagesAsync(int maxCount, CancellationToken cancellationToken) =>
        queue.TakeAsync(cancellationToken);

    /// <inheritdoc/>
    public Task MessagesDeliveredAsync(IList<IBatchContainer> messages) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task MessagesDeliveredAsync(IList<IBatchContainer> messages, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task Shutdown(TimeSpan timeout) => Task.CompletedTask;
}
