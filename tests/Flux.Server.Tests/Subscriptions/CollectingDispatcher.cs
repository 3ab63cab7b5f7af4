using System.Threading.Channels;
using Flux.Core.Log;
using Flux.Core.Subscriptions;

namespace Flux.Server.Tests.Subscriptions;

/// <summary>Keeps what it is given, and refuses a gap.</summary>
internal sealed class CollectingDispatcher : IChangeDispatcher
{
    private readonly Channel<RecordedEvent> _events = Channel.CreateUnbounded<RecordedEvent>();

    public Position Position { get; private set; }

    public List<int> Dispatches { get; } = [];

    /// <summary>Gets or sets what the next dispatch throws, before it takes anything.</summary>
    public Exception? Failure { get; set; }

    public void StartAfter(Position head, ReadOnlyMemory<byte> hash) => Position = head;

    public void Dispatch(ReadOnlySpan<RecordedEvent> events)
    {
        if (Failure is { } failure)
        {
            Failure = null;
            throw failure;
        }

        Dispatches.Add(events.Length);
        foreach (var recorded in events)
        {
            Assert.Equal(Position.Next, recorded.Position);
            Position = recorded.Position;
            _events.Writer.TryWrite(recorded);
        }
    }

    public async Task<long> NextAsync() => (await NextEventAsync()).Position.Value;

    public async Task<RecordedEvent> NextEventAsync() => await _events.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));
}
