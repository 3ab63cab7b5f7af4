using Flux.Core.Log;
using Flux.Server.Subscriptions.V2;
using Microsoft.Extensions.Time.Testing;

namespace Flux.Server.Tests.Subscriptions.V2;

/// <summary>The clock of a replay.</summary>
public sealed class ReplayClockTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData(1, 8)]
    [InlineData(4, 2)]
    [InlineData(0.5, 16)]
    public void What_is_due_later_waits_as_long_as_it_lasted_divided_by_the_speed(double speed, double expected)
    {
        var clock = new ReplayClock(_time, speed, maxIdle: null);
        clock.Set(At(10));

        Assert.Equal(TimeSpan.FromSeconds(expected), clock.Until(At(18)));

        _time.Advance(TimeSpan.FromSeconds(expected / 2));
        Assert.Equal(At(14), clock.Now);
        Assert.Equal(TimeSpan.FromSeconds(expected / 2), clock.Until(At(18)));
    }

    [Fact]
    public void Without_a_time_it_begins_with_what_is_due_first()
    {
        var clock = new ReplayClock(_time, speed: 1, maxIdle: null);
        Assert.Null(clock.Now);

        Assert.Equal(TimeSpan.Zero, clock.Until(At(100)));

        Assert.Equal(At(100), clock.Now);
        Assert.Equal(TimeSpan.FromSeconds(1), clock.Until(At(101)));
    }

    [Fact]
    public void While_it_is_paused_no_time_passes()
    {
        var clock = new ReplayClock(_time, speed: 2, maxIdle: null);
        clock.Set(At(0));
        _time.Advance(TimeSpan.FromSeconds(1));
        clock.Pause();
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(At(2), clock.Now);

        clock.Resume();

        Assert.Equal(At(2), clock.Now);
        Assert.Equal(TimeSpan.FromSeconds(4), clock.Until(At(10)));
    }

    [Fact]
    public void Another_speed_counts_from_now_on()
    {
        var clock = new ReplayClock(_time, speed: 1, maxIdle: null);
        clock.Set(At(0));
        _time.Advance(TimeSpan.FromSeconds(5));

        clock.ChangeSpeed(10);
        Assert.Equal(At(5), clock.Now);
        Assert.Equal(TimeSpan.FromSeconds(0.5), clock.Until(At(10)));

        clock.ChangeSpeed(times: null);
        Assert.Equal(TimeSpan.Zero, clock.Until(At(1000)));

        clock.ChangeSpeed(1);
        Assert.Equal(TimeSpan.FromSeconds(1), clock.Until(At(1001)));
    }

    [Fact]
    public void A_silence_that_is_too_long_is_cut_and_a_shorter_one_is_not()
    {
        var clock = new ReplayClock(_time, speed: 10, TimeSpan.FromSeconds(2));
        clock.Set(At(0));

        Assert.Equal(TimeSpan.FromSeconds(1.5), clock.Until(At(15)));
        Assert.Equal(TimeSpan.FromSeconds(2), clock.Until(At(1000)));

        Assert.Equal(At(980), clock.Now);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(TimeSpan.Zero, clock.Until(At(1000)));
    }

    [Fact]
    public void A_hiccup_is_made_up_for_and_a_long_delay_is_not()
    {
        var clock = new ReplayClock(_time, speed: 1, maxIdle: null);
        clock.Set(At(0));

        _time.Advance(TimeSpan.FromSeconds(1.5));
        Assert.Equal(TimeSpan.FromSeconds(-0.5), clock.Until(At(1)));
        Assert.Equal(TimeSpan.FromSeconds(0.5), clock.Until(At(2)));

        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(TimeSpan.Zero, clock.Until(At(2)));
        Assert.Equal(TimeSpan.FromSeconds(1), clock.Until(At(3)));
    }

    [Fact]
    public void It_never_shows_the_future()
    {
        var clock = new ReplayClock(_time, speed: 1_000_000, maxIdle: null);
        clock.Set(At(0));

        _time.Advance(TimeSpan.FromDays(1));

        Assert.Equal(Timestamp.From(_time.GetUtcNow()), clock.Now);
    }

    [Fact]
    public void A_wait_of_years_is_looked_at_again()
    {
        var clock = new ReplayClock(_time, speed: 0.001, maxIdle: null);
        clock.Set(new Timestamp(0));

        Assert.Equal(TimeSpan.FromHours(1), clock.Until(At(0)));
    }

    // Seconds of a day long past.
    private static Timestamp At(double seconds) => new(1_772_028_627_000_000 + (long)(seconds * 1_000_000));
}
