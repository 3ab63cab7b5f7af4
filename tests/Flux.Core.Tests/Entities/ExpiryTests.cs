using System.Text;
using System.Text.Json;
using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Log;

namespace Flux.Core.Tests.Entities;

public sealed class ExpiryTests
{
    private static readonly Expiry Both = Expiry.Of(new Timestamp(70), [Due("b", 30), Due("a", 50)]);

    [Theory]
    [InlineData("""{"entity":70,"properties":{"a":50,"b":30}}""", 30L)]
    [InlineData("""{"entity":70}""", 70L)]
    [InlineData("""{"properties":{"":5,"\u0022":6}}""", 5L)]
    public void What_is_written_is_read_back(string json, long earliest)
    {
        var read = Expiry.Read(Encoding.UTF8.GetBytes(json));

        Assert.Equal(earliest, read.Earliest?.Microseconds);
        Assert.Equal(read, Expiry.Read(read.ToJson()));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{\"entity\":\"x\"}")]
    [InlineData("{\"properties\":{\"a\":1.5}}")]
    [InlineData("{")]
    public void Anything_else_is_refused(string json) => Assert.ThrowsAny<JsonException>(() => Expiry.Read(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Nothing_is_no_text()
    {
        Assert.Null(Expiry.None.ToJson());
        Assert.Same(Expiry.None, Expiry.Read(json: null));
        Assert.Null(Expiry.None.Earliest);
        Assert.Equal(new Timestamp(70), Both.Entity);
        Assert.Equal(new Timestamp(30), Both.Find("b"));
        Assert.Null(Both.Find("c"));
    }

    [Fact]
    public void A_property_that_is_set_has_the_time_that_the_event_gives_it_and_else_none()
    {
        Assert.Equal(Expiry.Of(new Timestamp(70), [Due("b", 30)]), Both.After(Set("a"), set: null, exists: true));
        Assert.Equal(Expiry.Of(new Timestamp(70), [Due("a", 99), Due("b", 30)]), Both.After(Set("a"), Expiry.Of(entity: null, [Due("a", 99)]), exists: true));
        Assert.Equal(Both, Both.After(Set("c"), set: null, exists: true));
    }

    [Fact]
    public void The_entity_keeps_its_time_until_it_gets_another_or_is_deleted()
    {
        var later = Both.After(EntityChange.None, Expiry.Of(new Timestamp(80), []), exists: true);

        Assert.Equal(Expiry.Of(new Timestamp(80), [Due("a", 50), Due("b", 30)]), later);
        Assert.Same(Expiry.None, later.After(EntityChange.Deletion, set: null, exists: false));
        Assert.Same(Expiry.None, Expiry.None.After(EntityChange.None, Expiry.Of(new Timestamp(80), []), exists: false));
    }

    private static DueProperty Due(string name, long at) => new(name, new Timestamp(at));

    private static EntityChange Set(string name) => EntityChange.Set([new PropertyChange(name, "1"u8.ToArray())]);
}
