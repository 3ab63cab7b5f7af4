using System.Diagnostics.Metrics;
using Flux.Core.Namespaces;
using Flux.Server.Limits;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Flux.Server.Tests.Limits;

public sealed class LeasedEventRateTests : IDisposable
{
    private const int Limit = 600; // 10 a second, slices of 30

    private readonly FakeTimeProvider _time = new();
    private readonly Meter _meter = new("tests");
    private readonly RateOwner _owner;
    private readonly LeasedEventRate[] _silos;

    public LeasedEventRateTests()
    {
        _owner = new RateOwner(_time);
        var instruments = new RateInstruments(_meter);
        _silos = [.. Enumerable.Range(0, 3).Select(i => new LeasedEventRate(_owner, $"silo-{i}", _time, instruments, NullLogger<LeasedEventRate>.Instance))];
    }

    public void Dispose() => _meter.Dispose();

    [Fact]
    public async Task Three_silos_together_take_what_one_bucket_gives()
    {
        Assert.Equal(Limit, await TakeAllAsync(2_000));

        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(Limit / 2, await TakeAllAsync(2_000));
    }

    [Fact]
    public async Task No_call_is_made_while_a_lease_lasts()
    {
        await _silos[0].TakeAsync(Limit);
        var calls = _owner.Calls;

        for (var i = 0; i < 14; i++)
        {
            Assert.Equal(RateVerdict.Within, await _silos[0].TakeAsync(Limit));
        }

        Assert.Equal(calls, _owner.Calls);
    }

    [Fact]
    public async Task The_next_slice_is_leased_before_the_last_is_spent()
    {
        await _silos[0].TakeAsync(Limit);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _owner.Gate = gate.Task;

        for (var i = 0; i < 29; i++)
        {
            var taken = _silos[0].TakeAsync(Limit).AsTask();
            Assert.True(taken.IsCompleted, $"event {i} waited");
            Assert.Equal(RateVerdict.Within, await taken);
        }

        var waiting = _silos[0].TakeAsync(Limit).AsTask();
        Assert.False(waiting.IsCompleted);
        gate.SetResult();
        Assert.Equal(RateVerdict.Within, await waiting);
    }

    [Fact]
    public async Task At_its_limit_a_namespace_costs_ten_calls_a_second()
    {
        await TakeAllAsync(2_000);
        var calls = _owner.Calls;

        for (var i = 0; i < 10_000; i++)
        {
            await _silos[0].TakeAsync(Limit);
            _time.Advance(TimeSpan.FromTicks(TimeSpan.TicksPerSecond / 10_000));
        }

        Assert.InRange(_owner.Calls - calls, 9, 30);
    }

    [Fact]
    public async Task What_a_silo_does_not_need_is_not_lost_to_the_others()
    {
        var (taken, calls) = (0, 0);
        for (var second = 0; second < 120; second++)
        {
            // One silo sends a single event a second, another all that it may.
            taken += await TakeAsync(_silos[1], 1);
            taken += await TakeAsync(_silos[0], 100);
            calls = _owner.Calls;
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.InRange(taken, (2.9 * Limit) - 60, 3 * Limit);
        Assert.True(calls > 0);
    }

    [Fact]
    public async Task A_changed_limit_acts_on_the_next_event()
    {
        await _silos[0].TakeAsync(Limit);

        Assert.Equal(RateVerdict.Over, await _silos[0].TakeAsync(0));
        Assert.Equal(1, await TakeAsync(_silos[0], 5, limit: 1));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, await TakeAsync(_silos[0], 5, limit: Limit));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.InRange(await TakeAsync(_silos[0], 50), 9, 11);
    }

    [Fact]
    public async Task When_the_owner_does_not_answer_the_lease_is_spent_and_then_nobody_can_tell()
    {
        await _silos[0].TakeAsync(Limit);
        _owner.Failure = new TimeoutException();

        Assert.Equal(29, await TakeAsync(_silos[0], 100));
        Assert.Equal(RateVerdict.Unknown, await _silos[0].TakeAsync(Limit));
        _owner.Failure = null;
        _time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal(RateVerdict.Within, await _silos[0].TakeAsync(Limit));
    }

    [Fact]
    public async Task After_the_loss_of_the_owner_the_bucket_is_not_full_again()
    {
        Assert.Equal(Limit, await TakeAllAsync(2_000));

        _owner.Lose();
        _time.Advance(TimeSpan.FromSeconds(1));

        // What flows in within a second, and what each silo must allow the others to have held.
        Assert.InRange(await TakeAllAsync(2_000), 10, 10 + (3 * SharedTokenBucket.SliceOf(Limit)));
    }

    [Fact]
    public async Task A_count_leaves_memory_when_its_bucket_is_full_and_not_before()
    {
        await _silos[0].TakeAsync(Limit);

        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(_silos[0].TryRetire());
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.True(_silos[0].TryRetire());
        Assert.Equal(RateVerdict.Retired, await _silos[0].TakeAsync(Limit));
    }

    private static async Task<int> TakeAsync(LeasedEventRate silo, int events, int limit = Limit)
    {
        var taken = 0;
        for (var i = 0; i < events; i++)
        {
            taken += await silo.TakeAsync(limit) == RateVerdict.Within ? 1 : 0;
        }

        return taken;
    }

    private async Task<int> TakeAllAsync(int events)
    {
        var taken = 0;
        for (var i = 0; i < events; i++)
        {
            taken += await TakeAsync(_silos[i % _silos.Length], 1);
        }

        return taken;
    }
}
