using CsCheck;

namespace Flux.Client.Tests;

public sealed class SilenceWatchTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Shortly = TimeSpan.FromSeconds(2.875); // a tick before it
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);

    [Fact]
    public void A_live_feed_is_dead_shortly_before_the_limit()
    {
        Assert.Equal(Shortly, Death(Watch(), WatchMode.Live));
    }

    [Fact]
    public void Silence_before_the_last_frame_does_not_count()
    {
        var watch = Watch();
        Assert.Null(Death(watch, WatchMode.Live, until: TimeSpan.FromSeconds(2)));

        watch.Heard(TimeSpan.FromSeconds(2.1), provesFeed: true);

        Assert.InRange(Death(watch, WatchMode.Live, from: TimeSpan.FromSeconds(2))!.Value.TotalSeconds, 4.8, 5.1);
    }

    [Fact]
    public void A_pong_keeps_no_live_feed_alive()
    {
        var watch = Watch();
        Assert.Null(Death(watch, WatchMode.Live, until: TimeSpan.FromSeconds(2)));

        watch.Heard(TimeSpan.FromSeconds(2), provesFeed: false);

        Assert.Equal(Shortly, Death(watch, WatchMode.Live, from: TimeSpan.FromSeconds(2)));
    }

    [Fact]
    public void While_subscriptions_catch_up_pings_are_sent_and_answers_keep_them_alive_as_long_as_patience_lasts()
    {
        foreach (var doublings in new[] { 0, 1, 2 })
        {
            var watch = new SilenceWatch(Limit, AnswerLimit, doublings, TimeSpan.Zero);
            var (pings, now) = (0, TimeSpan.Zero);
            SilenceVerdict verdict;
            while ((verdict = watch.Judge(now += watch.Tick, WatchMode.CatchingUp)).Kind is not SilenceVerdict.Step.GiveUp)
            {
                if (verdict.Kind is SilenceVerdict.Step.SendPing)
                {
                    pings++;
                    watch.Heard(now, provesFeed: false);
                }
            }

            var patience = 30 << doublings;
            Assert.True(verdict.RanOutOfPatience);
            Assert.InRange(now.TotalSeconds, patience - 0.5, patience);
            Assert.InRange(pings, patience - 5, patience);
        }
    }

    [Fact]
    public void While_subscriptions_catch_up_pings_without_an_answer_mean_death_within_the_limit()
    {
        Assert.Equal(Shortly, Death(Watch(), WatchMode.CatchingUp));
    }

    [Fact]
    public void An_answer_may_take_longer_than_a_frame()
    {
        Assert.InRange(Death(Watch(), WatchMode.Asked)!.Value.TotalSeconds, 9.75, 10);
    }

    [Fact]
    public void Without_proof_of_life_a_connection_dies_of_unanswered_pings_only()
    {
        var watch = Watch();
        Assert.InRange(Death(watch, WatchMode.Idle)!.Value.TotalSeconds, 29.5, 30);
    }

    [Fact]
    public void Nothing_counts_while_the_reader_is_held_up_nor_what_was_before()
    {
        var watch = Watch();
        Assert.Null(Death(watch, WatchMode.Live, until: TimeSpan.FromSeconds(2.5)));

        watch.Stall(TimeSpan.FromSeconds(2.6));
        Assert.Null(Death(watch, WatchMode.Live, from: TimeSpan.FromSeconds(2.5), until: TimeSpan.FromSeconds(1000)));
        Assert.False(watch.WasAbsent);
        watch.Resume(TimeSpan.FromSeconds(1000));

        Assert.True(watch.WasAbsent);
        Assert.Equal(TimeSpan.FromSeconds(1000) + Shortly, Death(watch, WatchMode.Live, from: TimeSpan.FromSeconds(1000)));
    }

    [Fact]
    public void A_process_that_was_stopped_for_long_begins_to_listen_anew()
    {
        var watch = Watch();
        Assert.Null(Death(watch, WatchMode.Live, until: TimeSpan.FromSeconds(2.5)));

        Assert.Equal(SilenceVerdict.Fine, watch.Judge(TimeSpan.FromSeconds(3600), WatchMode.Live));

        Assert.True(watch.WasAbsent);
        Assert.Equal(TimeSpan.FromSeconds(3600) + Shortly, Death(watch, WatchMode.Live, from: TimeSpan.FromSeconds(3600)));
    }

    // A feed that speaks each second, heard by a process that sleeps whenever it likes: what came while it slept is heard after it woke up,
    // or a tick later.
    [Fact]
    public void A_living_feed_is_never_reported_however_the_process_sleeps() =>
        Gen.Select(Gen.Double[0.5, 1.0].Array[30, 60], Gen.Select(Gen.Int[0, 400], Gen.Double[0.3, 9.0]).Array[0, 8], Gen.Bool).Sample((gaps, sleeps, ticksFirst) =>
        {
            var watch = Watch();
            var tick = watch.Tick.TotalSeconds;
            var frames = new Queue<double>(gaps.Skip(1).Aggregate(new List<double> { gaps[0] }, (all, gap) => [.. all, all[^1] + gap]));
            var now = 0.0;
            for (var step = 0; frames.Count > 0; step++)
            {
                now += tick + sleeps.Where(sleep => sleep.Item1 == step).Sum(sleep => sleep.Item2);
                if (ticksFirst)
                {
                    Judge();
                }

                while (frames.TryPeek(out var at) && at <= now)
                {
                    watch.Heard(TimeSpan.FromSeconds(now), provesFeed: true);
                    frames.Dequeue();
                }

                Judge();
            }

            void Judge() => Assert.NotEqual(SilenceVerdict.Step.GiveUp, watch.Judge(TimeSpan.FromSeconds(now), WatchMode.Live).Kind);
        });

    [Fact]
    public void A_dead_feed_is_reported_within_the_limit_whenever_it_died() =>
        Gen.Select(Gen.Double[0.01, 1.0].Array[0, 20], Gen.Double[0, 0.125]).Sample((gaps, offset) =>
        {
            var watch = Watch();
            var last = gaps.Sum();
            var heard = gaps.Aggregate(new List<double> { 0 }, (all, gap) => [.. all, all[^1] + gap]);
            foreach (var (time, isFrame) in heard.Select(time => (time, true))
                .Concat(Enumerable.Range(0, 400).Select(tick => (offset + (tick * watch.Tick.TotalSeconds), false))).OrderBy(entry => entry))
            {
                if (isFrame)
                {
                    watch.Heard(TimeSpan.FromSeconds(time), provesFeed: true);
                }
                else if (watch.Judge(TimeSpan.FromSeconds(time), WatchMode.Live) is { Kind: SilenceVerdict.Step.GiveUp } verdict)
                {
                    Assert.InRange(time - last, 2.7, 2.95);
                    Assert.Equal(time - last, verdict.Silence.TotalSeconds, tolerance: 0.001);
                    return;
                }
            }

            Assert.Fail("it was not reported");
        });

    private static SilenceWatch Watch() => new(Limit, AnswerLimit, doublings: 0, TimeSpan.Zero);

    /// <summary>Ticks without a frame until the connection is given up, and says when that was due at the latest.</summary>
    private static TimeSpan? Death(SilenceWatch watch, WatchMode mode, TimeSpan from = default, TimeSpan? until = null)
    {
        for (var now = from + watch.Tick; now <= (until ?? from + TimeSpan.FromMinutes(5)); now += watch.Tick)
        {
            if (watch.Judge(now, mode).Kind is SilenceVerdict.Step.GiveUp)
            {
                return now;
            }
        }

        return null;
    }
}
