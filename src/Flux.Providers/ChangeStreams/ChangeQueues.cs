using System.Collections.Immutable;
using Flux.Core.Log;
using Flux.Core.Subscriptions;
using Microsoft.Extensions.Logging;
using Orleans.Streams;

namespace Flux.Providers.ChangeStreams;

/// <summary>Takes this silo's commits from the log writer and queues them for every active silo, this one included.</summary>
internal sealed partial class ChangeQueues : ICommitListener, IStreamQueueMapper
{
    // An event's other fields, and what an object costs. Only for the bounds.
    private const int EventOverhead = 256;

    private readonly SiloAddress _silo;
    private readonly ILogger<ChangeQueues> _logger;

    // Replaced as a whole by the balancer's loop, its only writer; read by the log writer and the agents.
    private ImmutableDictionary<SiloAddress, ChangeQueue> _queues = ImmutableDictionary<SiloAddress, ChangeQueue>.Empty;

    public ChangeQueues(ILocalSiloDetails silo, ILogger<ChangeQueues> logger)
    {
        _silo = silo.SiloAddress;
        _logger = logger;
        Follow(new HashSet<SiloAddress>());
    }

    /// <inheritdoc/>
    public void OnCommitted(CommittedBatch batch)
    {
        var bytes = 0L;
        foreach (var recorded in batch.Events)
        {
            if (Failpoint.IsSetOffBy(Failpoint.AfterAcknowledgement, recorded.Data))
            {
                return;
            }

            bytes += recorded.Data.Payload.Json.Length + EventOverhead;
        }

        foreach (var (destination, queue) in Volatile.Read(ref _queues))
        {
            if (!queue.TryEnqueue(batch, bytes))
            {
                LogLeftOut(batch.First, batch.Last, destination);
            }
        }
    }

    /// <summary>Makes the queues lead to these silos and to this one. A silo that has left gets nothing more: an agent that calls it would only wait.</summary>
    /// <param name="active">The silos that membership calls active.</param>
    public void Follow(IReadOnlySet<SiloAddress> active)
    {
        var current = _queues;
        var next = current.ToBuilder();
        foreach (var silo in active.Append(_silo).Where(silo => !current.ContainsKey(silo)))
        {
            next[silo] = new ChangeQueue(silo, StreamId.Create(ChangeStream.Namespace, silo.ToParsableString()));
        }

        foreach (var (silo, queue) in current)
        {
            if (!active.Contains(silo) && !silo.Equals(_silo))
            {
                queue.Close();
                next.Remove(silo);
            }
        }

        Volatile.Write(ref _queues, next.ToImmutable());
    }

    /// <summary>Finds a queue.</summary>
    /// <param name="id">Its id.</param>
    /// <returns>The queue; null when its destination has left.</returns>
    public ChangeQueue? Find(QueueId id) => Volatile.Read(ref _queues).Values.FirstOrDefault(queue => queue.Id.Equals(id));

    /// <inheritdoc/>
    public IEnumerable<QueueId> GetAllQueues() => [.. Volatile.Read(ref _queues).Values.Select(queue => queue.Id)];

    /// <inheritdoc/>
    public QueueId GetQueueForStream(StreamId streamId)
    {
        var silo = SiloAddress.FromParsableString(streamId.GetKeyAsString());
        return Volatile.Read(ref _queues).TryGetValue(silo, out var queue) ? queue.Id : default;
    }
}
