using Flux.Core.Subscriptions;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Providers.Streams.Common;
using Orleans.Streams;

namespace Flux.Providers.ChangeStreams;

/// <summary>Makes the parts of the provider for Orleans.</summary>
internal sealed class ChangeQueueAdapterFactory(ChangeQueues queues, ILoggerFactory loggers) : IQueueAdapterFactory
{
    // In containers, 256 KB each at most: what one agent may have read ahead of a destination that is slow to answer.
    private const int CacheSize = 64;

    private readonly SimpleQueueAdapterCache _cache = new(new SimpleQueueCacheOptions { CacheSize = CacheSize }, ChangeStream.Provider, loggers);

    /// <inheritdoc/>
    public Task<IQueueAdapter> CreateAdapter() => Task.FromResult<IQueueAdapter>(new ChangeQueueAdapter(queues));

    /// <inheritdoc/>
    public IQueueAdapterCache GetQueueAdapterCache() => _cache;

    /// <inheritdoc/>
    public IStreamQueueMapper GetStreamQueueMapper() => queues;

    // A delivery that fails is a hole, and the connection grain repairs holes from the log.

    /// <inheritdoc/>
    public Task<IStreamFailureHandler> GetDeliveryFailureHandler(QueueId queueId) =>
        Task.FromResult<IStreamFailureHandler>(new NoOpStreamDeliveryFailureHandler());
}
