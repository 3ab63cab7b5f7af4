using CsCheck;
using Flux.Core.Log;
using Flux.Server.Subscriptions.V2;

namespace Flux.Server.Tests.Subscriptions.V2;

public sealed class FeedTailTests
{
    private const int Capacity = 1024;

    private readonly FeedTail _tail = new();
    private readonly List<JudgedChange> _changes = [];

    [Fact]
    public void It_gives_the_last_changes_in_order()
    {
        Add(1, 10);

        Assert.True(_tail.TryRead(3, _changes));
        Assert.Equal([8, 9, 10], Positions());
        Assert.True(_tail.TryRead(0, _changes));
        Assert.Empty(_changes);
        Assert.True(_tail.TryRead(10, _changes));
        Assert.False(_tail.TryRead(11, _changes));
        Assert.Empty(_changes);
    }

    [Fact]
    public void It_keeps_as_many_as_it_has_room_for()
    {
        Add(1, Capacity + 500);

        Assert.True(_tail.TryRead(Capacity, _changes));
        Assert.Equal([.. Enumerable.Range(501, Capacity).Select(i => (long)i)], Positions());
        Assert.False(_tail.TryRead(Capacity + 1, _changes));
    }

    [Fact]
    public void Large_events_push_out_the_others_but_never_the_last()
    {
        var large = new string('x', 900_000);
        for (var position = 1; position <= 20; position++)
        {
            _tail.Add(new JudgedChange(TestEvents.Of(position, "a", $$"""{"v":"{{large}}"}""")));
        }

        Assert.True(_tail.TryRead(4, _changes));
        Assert.Equal([17, 18, 19, 20], Positions());
        Assert.False(_tail.TryRead(5, _changes));

        _tail.Add(new JudgedChange(TestEvents.Of(21, "a", $$"""{"v":"{{string.Concat(Enumerable.Repeat(large, 6))}}"}""")));

        Assert.True(_tail.TryRead(1, _changes));
        Assert.Equal([21], Positions());
        Assert.False(_tail.TryRead(2, _changes));

        Add(22, 30);

        Assert.True(_tail.TryRead(9, _changes));
        Assert.False(_tail.TryRead(10, _changes));
    }

    [Fact]
    public void It_finds_one_by_how_many_came_after_it()
    {
        Assert.Null(_tail.Find(0));
        Add(1, Capacity + 5);

        Assert.Equal(Capacity + 5, _tail.Find(0)!.Position.Value);
        Assert.Equal(6, _tail.Find(Capacity - 1)!.Position.Value);
        Assert.Null(_tail.Find(Capacity));
        Assert.Null(_tail.Find(-1));
    }

    [Fact]
    public void Cleared_it_has_nothing_and_goes_on()
    {
        Add(1, 10);
        _tail.Clear();

        Assert.False(_tail.TryRead(1, _changes));
        Assert.Null(_tail.Find(0));

        Add(31, 32);
        Assert.True(_tail.TryRead(2, _changes));
        Assert.Equal([31, 32], Positions());
    }

    [Fact]
    public void It_is_like_a_list_that_is_cut_at_its_beginning() => Gen.Select(Gen.Int[1, 3000], Gen.Long[0, 3000]).Sample((count, wanted) =>
    {
        var tail = new FeedTail();
        for (var position = 1; position <= count; position++)
        {
            tail.Add(new JudgedChange(TestEvents.Set(position)));
        }

        var changes = new List<JudgedChange>();
        Assert.Equal(wanted <= Math.Min(count, Capacity), tail.TryRead(wanted, changes));
        Assert.Equal(wanted < Math.Min(count, Capacity) ? new Position(count - wanted) : null, tail.Find(wanted)?.Position);
    }, iter: 50);

    private void Add(int first, int last)
    {
        for (var position = first; position <= last; position++)
        {
            _tail.Add(new JudgedChange(TestEvents.Set(position)));
        }
    }

    private List<long> Positions() => [.. _changes.Select(change => change.Recorded.Position.Value)];
}
