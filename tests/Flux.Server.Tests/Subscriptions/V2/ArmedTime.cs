using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Flux.Server.Tests.Subscriptions.V2;

/// <summary>A clock that a test moves, and that tells it when a timer was set that was made to be set later: nobody has to guess whether one waits already.</summary>
internal sealed class ArmedTime : FakeTimeProvider
{
    private readonly Channel<TimeSpan> _armed = Channel.CreateUnbounded<TimeSpan>();

    /// <summary>Waits until such a timer is set, or tells of one that was.</summary>
    /// <returns>For how long.</returns>
    public Task<TimeSpan> ArmedAsync() => _armed.Reader.ReadAsync().AsTask().WaitAsync(ServerFixture.Guard);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        return dueTime == Timeout.InfiniteTimeSpan ? new Watched(timer, _armed.Writer) : timer;
    }

    private sealed class Watched(ITimer timer, ChannelWriter<TimeSpan> armed) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var isSet = timer.Change(dueTime, period);
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                armed.TryWrite(dueTime);
            }

            return isSet;
        }

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
