using Flux.Server.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Flux.Server.Tests;

public sealed class ForwardClockTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void It_is_the_machines_while_that_goes_forward()
    {
        var machine = new FakeTimeProvider(Noon);
        var clock = new ForwardClock(machine);
        foreach (var step in (TimeSpan[])[TimeSpan.Zero, TimeSpan.FromMicroseconds(1), TimeSpan.FromSeconds(3), TimeSpan.FromDays(400)])
        {
            machine.Advance(step);
            Assert.Equal(machine.GetUtcNow(), clock.GetUtcNow());
        }

        machine.AdjustTime(Noon.AddYears(10));
        Assert.Equal(Noon.AddYears(10), clock.GetUtcNow());
    }

    [Fact]
    public void It_goes_on_at_half_its_pace_when_the_machines_is_set_back_and_is_that_again_when_it_is_reached()
    {
        var machine = new FakeTimeProvider(Noon);
        var clock = new ForwardClock(machine);
        Assert.Equal(Noon, clock.GetUtcNow());

        machine.AdjustTime(Noon.AddMinutes(-10));
        Assert.Equal(Noon, clock.GetUtcNow());
        machine.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal(Noon.AddMinutes(2), clock.GetUtcNow());
        machine.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal(Noon.AddMinutes(4), clock.GetUtcNow());
        machine.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal(Noon.AddMinutes(28), clock.GetUtcNow());
        machine.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(Noon.AddMinutes(29), clock.GetUtcNow());

        machine.AdjustTime(machine.GetUtcNow().AddMinutes(-5)); // a second time
        Assert.Equal(Noon.AddMinutes(29), clock.GetUtcNow());
        machine.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(Noon.AddMinutes(30), clock.GetUtcNow());
    }

    [Fact]
    public async Task Threads_that_read_at_once_see_it_go_forward()
    {
        var clock = new ForwardClock(TimeProvider.System);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            var last = clock.GetUtcNow();
            for (var i = 0; i < 200_000; i++)
            {
                var now = clock.GetUtcNow();
                Assert.True(now >= last.AddMilliseconds(-1), $"{now:O} came after {last:O}");
                last = now;
            }
        })));
    }
}
