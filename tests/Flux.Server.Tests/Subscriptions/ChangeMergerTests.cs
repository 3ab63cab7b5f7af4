using Flux.Core.Log;
using Flux.Grains.Connections;

namespace Flux.Server.Tests.Subscriptions;

public sealed class ChangeMergerTests
{
    private readonly CollectingDispatcher _dispatcher = new();
    private readonly ChangeMerger _merger;

    public ChangeMergerTests() => _merger = new ChangeMerger(_dispatcher, listeners: [], maxHeld: 10);

    [Fact]
    public void Commits_in_order_are_handed_on_in_one_dispatch()
    {
        _merger.Take([TestEvents.Batch(1, 2), TestEvents.Batch(3, 3)]);

        Assert.Equal([5], _dispatcher.Dispatches);
        Assert.False(_merger.IsBehind);
    }

    [Fact]
    public void A_commit_ahead_waits_for_what_is_before_it()
    {
        _merger.Take([TestEvents.Batch(3, 2)]);

        Assert.Empty(_dispatcher.Dispatches);
        Assert.True(_merger.IsBehind);

        _merger.Take([TestEvents.Batch(1, 2)]);

        Assert.Equal(new Position(4), _merger.Position);
        Assert.Equal(0, _merger.Held);
    }

    [Fact]
    public void What_could_not_be_dispatched_is_taken_from_the_log_again_and_nothing_comes_twice()
    {
        _dispatcher.Failure = new InvalidOperationException("the feed jumps");
        Assert.Throws<InvalidOperationException>(() => _merger.Take([TestEvents.Batch(1, 2)]));
        Assert.True(_merger.IsBehind);

        _merger.Take([TestEvents.Batch(1, 2)]);

        Assert.Equal([2], _dispatcher.Dispatches);
        Assert.False(_merger.IsBehind);
    }

    [Fact]
    public void A_repeated_commit_is_dropped()
    {
        _merger.Take([TestEvents.Batch(1, 2)]);

        Assert.Equal(1, _merger.Take([TestEvents.Batch(1, 2)]));
        Assert.Equal([2], _dispatcher.Dispatches);
    }

    [Fact]
    public void Of_a_commit_that_was_seen_in_part_the_rest_is_handed_on()
    {
        _merger.Take([TestEvents.Set(1)]);

        _merger.Take([TestEvents.Batch(1, 3)]);

        Assert.Equal([1, 2], _dispatcher.Dispatches);
    }

    [Fact]
    public void A_page_of_the_log_closes_a_hole()
    {
        _merger.Take([TestEvents.Batch(4, 1)]);

        _merger.Take([TestEvents.Set(1), TestEvents.Set(2), TestEvents.Set(3)]);

        Assert.Equal(new Position(4), _merger.Position);
        Assert.False(_merger.IsBehind);
    }

    [Fact]
    public void A_page_that_overlaps_what_is_held_brings_nothing_twice()
    {
        _merger.Take([TestEvents.Batch(3, 2)]);

        _merger.Take([TestEvents.Set(1), TestEvents.Set(2), TestEvents.Set(3)]);

        Assert.Equal(new Position(4), _merger.Position);
    }

    [Fact]
    public void A_head_beyond_what_has_come_shows_that_something_is_missing()
    {
        _merger.Take([TestEvents.Batch(1, 2)]);

        _merger.See(new Position(5));

        Assert.True(_merger.IsBehind);
    }

    [Fact]
    public void What_is_held_is_bounded_and_the_rest_is_left_to_the_log()
    {
        for (var first = 2; first < 100; first += 2)
        {
            _merger.Take([TestEvents.Batch(first, 2)]);
        }

        Assert.InRange(_merger.Held, 1, 10);
        _merger.Take([TestEvents.Set(1)]);
        Assert.True(_merger.IsBehind);
        Assert.Equal(new Position(11), _merger.Position);
    }

    [Fact]
    public void Any_order_of_arrival_gives_the_order_of_the_log()
    {
        var batches = Enumerable.Range(0, 5).Select(i => TestEvents.Batch((i * 2) + 1, 2)).ToArray();
        new Random(1).Shuffle(batches);

        foreach (var batch in batches)
        {
            _merger.Take([batch]);
        }

        Assert.Equal(new Position(10), _merger.Position);
    }
}
