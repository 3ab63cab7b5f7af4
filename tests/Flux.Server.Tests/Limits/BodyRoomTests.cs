using Flux.Server.Limits;

namespace Flux.Server.Tests.Limits;

/// <summary>The bodies that are being read have so much room together, and what was read makes room again.</summary>
public sealed class BodyRoomTests
{
    private const int Half = 64 * 1024 * 1024;

    private readonly BodyRoom _room = new();

    [Fact]
    public void Room_beyond_the_bound_is_refused_until_others_give_theirs_back()
    {
        Assert.True(_room.TryGrow(0, Half));
        Assert.True(_room.TryGrow(0, Half));

        Assert.False(_room.TryGrow(0, 1));
        _room.Release(Half);

        Assert.True(_room.TryGrow(0, Half));
        Assert.False(_room.TryGrow(0, 1));
    }

    [Fact]
    public void A_body_that_may_not_grow_keeps_what_it_has()
    {
        Assert.True(_room.TryGrow(0, Half));
        Assert.True(_room.TryGrow(0, 2));

        Assert.False(_room.TryGrow(2, Half + 1));

        Assert.True(_room.TryGrow(2, Half));
        Assert.False(_room.TryGrow(0, 1));
    }

    [Fact]
    public void A_body_that_is_alone_is_never_too_large()
    {
        Assert.True(_room.TryGrow(0, Half));

        Assert.True(_room.TryGrow(Half, Half * 3));

        Assert.False(_room.TryGrow(0, 1));
    }
}
