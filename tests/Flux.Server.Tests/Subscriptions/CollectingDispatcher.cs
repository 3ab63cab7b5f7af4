using System.Threading.Channels;
using Flux.Core.Log;
using Flux.Core.Subscriptions;

namespace Flux.Server.Tests.Subscriptions;

/// <summary>Keeps what it is given, and refuses a gap.</summary>
internal sealed class CollectingDispatcher : IChangeDispatcher
{
    private readonly Channel<long> _positions = Channel.CreateUnbounded<long>();

    public Position Position { get; private set; }

    public List<int> Dispatches { get; } = [];

    public void StartAfter(Position head) => Position = head;

    public void Dispatch(ReadOnlySpan<RecordedEvent> events)
    {
        Dispatches.Add(events.Length);
        foreach (var recorded in events)
        {
            Assert.Equal(Position.Next, recorded.Position);
            Position = recorded.Position;
            _positions.Writer.TryWrite(recorded.Position.Value);
        }
    }

    public async Task<long> NextAsync() => await _positions.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));
}
