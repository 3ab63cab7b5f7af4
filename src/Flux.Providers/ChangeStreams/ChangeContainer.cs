using Flux.Core.Log;
using Orleans.Providers.Streams.Common;
using Orleans.Streams;

namespace Flux.Providers.ChangeStreams;

/// <summary>Commits on their way to one silo. Nothing in it changes once it is made: within a silo it is passed by reference.</summary>
[GenerateSerializer, Immutable, Alias("flux.change-container")]
internal sealed class ChangeContainer : IBatchContainer
{
    [Id(0)]
    private readonly StreamId _stream;

    [Id(1)]
    private readonly CommittedBatch[] _batches;

    [Id(2)]
    private readonly EventSequenceTokenV2 _token;

    public ChangeContainer(StreamId stream, CommittedBatch[] batches)
    {
        _stream = stream;
        _batches = batches;
        _token = Token(batches.Length == 0 ? Position.Start : batches[0].First);
    }

    /// <inheritdoc/>
    public StreamId StreamId => _stream;

    /// <inheritdoc/>
    public StreamSequenceToken SequenceToken => _token;

    /// <inheritdoc/>
    public IEnumerable<Tuple<T, StreamSequenceToken>> GetEvents<T>()
    {
        foreach (var batch in _batches)
        {
            if (batch is T item)
            {
                yield return Tuple.Create<T, StreamSequenceToken>(item, Token(batch.First));
            }
        }
    }

    /// <inheritdoc/>
    public bool ImportRequestContext() => false;

    private static EventSequenceTokenV2 Token(Position position) => new(position.Value);
}
