using System.Threading.Channels;
using Flux.Core;
using Flux.Core.Log;
using Orleans.Streams;

namespace Flux.Providers.ChangeStreams;

/// <summary>What this silo has committed and one destination has not taken yet.</summary>
/// <remarks>
/// It is bounded: what does not fit is left out. The connection grain at the other end notices the hole by the positions and reads the log, so a
/// destination that hangs costs this silo a bounded amount of memory and nobody a change.
/// </remarks>
internal sealed class ChangeQueue(SiloAddress destination, StreamId stream)
{
    // A second of delivery at full rate: about 50,000 events of 300 bytes.
    private const int MaxEvents = 50_000;
    private static readonly long MaxBytes = MemoryBudget.Of(16 * 1024 * 1024);

    // One container is one message to another silo: large enough to amortise it, small enough not to hold up others on that connection.
    private const long MaxContainerBytes = 256 * 1024;

    private readonly Channel<(CommittedBatch Batch, long Bytes)> _waiting =
        Channel.CreateUnbounded<(CommittedBatch, long)>(new UnboundedChannelOptions { SingleReader = true });

    private long _events;
    private long _bytes;
    private int _isIntroduced;

    /// <summary>Gets the silo that it leads to.</summary>
    public SiloAddress Destination { get; } = destination;

    /// <summary>Gets the queue's id for Orleans.</summary>
    public QueueId Id { get; } = QueueId.GetQueueId(destination.ToParsableString(), 0, (uint)destination.GetConsistentHashCode());

    /// <summary>Adds a commit.</summary>
    /// <returns>False when the queue is full, and the destination will have to read the log.</returns>
    public bool TryEnqueue(CommittedBatch batch, long bytes)
    {
        if (Interlocked.Read(ref _events) > MaxEvents || Interlocked.Read(ref _bytes) > MaxBytes)
        {
            return false;
        }

        Interlocked.Add(ref _events, batch.Events.Length);
        Interlocked.Add(ref _bytes, bytes);
        return _waiting.Writer.TryWrite((batch, bytes));
    }

    /// <summary>Ends the queue: its destination has left.</summary>
    public void Close() => _waiting.Writer.TryComplete();

    /// <summary>Waits for commits and takes all that are there, as one container. It never throws: an exception would cost the agent a back-off.</summary>
    /// <returns>One container; none when the wait was cancelled or the queue is closed.</returns>
    public async Task<IList<IBatchContainer>> TakeAsync(CancellationToken cancellationToken)
    {
        // The first container is empty: it makes the agent find the consumer before there is anything to deliver.
        if (Interlocked.Exchange(ref _isIntroduced, 1) == 0)
        {
            return [new ChangeContainer(stream, [])];
        }

        try
        {
            if (!await _waiting.Reader.WaitToReadAsync(cancellationToken))
            {
                return [];
            }
        }
        catch (OperationCanceledException)
        {
            return []; // the agent stops
        }

        // A list of its own each time: once given away, a container is read by other threads.
        var batches = new List<CommittedBatch>();
        var taken = 0L;
        while (taken < MaxContainerBytes && _waiting.Reader.TryRead(out var next))
        {
            batches.Add(next.Batch);
            taken += next.Bytes;
            Interlocked.Add(ref _events, -next.Batch.Events.Length);
            Interlocked.Add(ref _bytes, -next.Bytes);
        }

        return batches.Count == 0 ? [] : [new ChangeContainer(stream, [.. batches])];
    }
}
