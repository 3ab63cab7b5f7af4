using Flux.Core.Log;
using Flux.Server.Limits;

namespace Flux.Server.Tests.Limits;

/// <summary>What has come in is bounded, and what is answered makes room.</summary>
public sealed class EventsUnderWayTests
{
    private readonly EventsUnderWay _underWay = new();

    [Fact]
    public void Events_beyond_the_bound_are_refused_until_others_are_answered()
    {
        var first = _underWay.Enter(20_000, bytes: 1);

        Assert.Throws<EventLogUnavailableException>(() => _underWay.Enter(1, bytes: 1));
        first.Dispose();

        _underWay.Enter(20_000, bytes: 1).Dispose();
    }

    [Fact]
    public void Bytes_beyond_the_bound_are_refused_and_leave_nothing_behind()
    {
        using var first = _underWay.Enter(1, bytes: 100_000_000);

        Assert.Throws<EventLogUnavailableException>(() => _underWay.Enter(1, bytes: 100_000_000));

        _underWay.Enter(1, bytes: 1_000_000).Dispose();
    }

    [Fact]
    public void Who_comes_when_all_is_taken_is_refused_before_anything_is_read()
    {
        _underWay.RefuseWhenFull();
        var all = _underWay.Enter(20_000, bytes: 1);

        Assert.Throws<EventLogUnavailableException>(_underWay.RefuseWhenFull);
        all.Dispose();

        _underWay.RefuseWhenFull();
    }

    [Fact]
    public void A_request_that_is_alone_is_never_too_large() => _underWay.Enter(100_000, bytes: 1_000_000_000).Dispose();
}
