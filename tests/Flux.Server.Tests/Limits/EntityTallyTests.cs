using Flux.Server.Limits;
using Microsoft.Extensions.Time.Testing;

namespace Flux.Server.Tests.Limits;

public sealed class EntityTallyTests
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _time = new();
    private readonly EntityTally _tally = new();

    [Fact]
    public void Nobody_is_let_in_before_the_first_count()
    {
        Assert.True(_tally.IsOlderThan(Period, _time));
        Assert.False(_tally.TryLetIn(most: 10));
    }

    [Fact]
    public void As_many_are_let_in_as_there_is_room_for()
    {
        Count(7);

        Assert.Equal(3, LetIn(5, most: 10));
        Assert.False(_tally.WasFull(most: 10));
        Assert.True(_tally.WasFull(most: 7));
    }

    [Fact]
    public void A_count_forgets_those_that_it_has_counted_and_keeps_those_in_flight()
    {
        Count(0);
        Assert.Equal(10, LetIn(10, most: 10));
        for (var i = 0; i < 6; i++)
        {
            _tally.OnOutcome();
        }

        Count(2); // four of the six changed what existed

        Assert.Equal(4, LetIn(10, most: 10));
    }

    [Fact]
    public void Those_let_in_while_it_is_counted_are_not_forgotten()
    {
        Count(0);
        Assert.Equal(1, LetIn(1, most: 10));
        var missed = _tally.BeginCount();
        Assert.Equal(3, LetIn(3, most: 10));
        for (var i = 0; i < 4; i++)
        {
            _tally.OnOutcome(); // known too late to be sure that they are counted
        }

        _tally.EndCount(0, missed, _time.GetTimestamp());

        Assert.Equal(6, LetIn(20, most: 10));
    }

    [Fact]
    public void A_count_grows_old()
    {
        Count(0);

        Assert.False(_tally.IsOlderThan(Period, _time));
        _time.Advance(Period);
        Assert.True(_tally.IsOlderThan(Period, _time));
    }

    private void Count(long entities) => _tally.EndCount(entities, _tally.BeginCount(), _time.GetTimestamp());

    private int LetIn(int events, long most) => Enumerable.Range(0, events).Count(_ => _tally.TryLetIn(most));
}
