using CsCheck;
using Flux.Core.Log;

namespace Flux.Core.Tests.Log;

public sealed class PlacesAndTimesTests
{
    [Fact]
    public void Positions_are_ordered_by_number_and_shown_as_it()
    {
        Assert.Equal(new Position(1), Position.Start.Next);
        Assert.True(new Position(9) < new Position(10) && new Position(10) > new Position(9));
        Assert.True(new Position(9) <= new Position(9) && new Position(9) >= new Position(9));
        Assert.Equal([new Position(2), new Position(10)], new[] { new Position(10), new Position(2) }.Order());
        Assert.Equal("9223372036854775807", new Position(long.MaxValue).ToString());
    }

    [Fact]
    public void A_moment_survives_the_way_through_the_platforms_type() =>
        Gen.Long[DateTimeOffset.MinValue.ToUnixTimeMilliseconds() * 1000, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds() * 1000].Sample(
            microseconds => Assert.Equal(microseconds, Timestamp.From(new Timestamp(microseconds).ToDateTimeOffset()).Microseconds));

    [Fact]
    public void A_moment_is_rounded_down_to_microseconds_and_its_offset_does_not_matter()
    {
        var time = new DateTimeOffset(2026, 2, 25, 20, 4, 27, TimeSpan.FromHours(5)).AddTicks(6_387_709);

        Assert.Equal(time.ToUnixTimeSeconds() * 1_000_000 + 638_770, Timestamp.From(time).Microseconds);
        Assert.True(Timestamp.From(time) < Timestamp.From(time.AddTicks(1)));
        Assert.Equal(TimeSpan.Zero, Timestamp.From(time).ToDateTimeOffset().Offset);
    }
}
