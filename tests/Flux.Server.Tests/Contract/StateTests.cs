using System.Text.Json;
using Flux.Server.Tests.BadInput;

namespace Flux.Server.Tests.Contract;

/// <summary>Wire contract, section 6: the six rules of how an event changes state.</summary>
public sealed class StateTests(ServerFixture server)
{
    [Theory]
    [InlineData("""{"properties":{"n":1}}""")]
    [InlineData("""{"entity_id":5,"properties":{"n":1}}""")]
    [InlineData("""{"entity_id":"~"}""")]
    [InlineData("""{"entity_id":"~","properties":[]}""")]
    public async Task Without_an_id_or_properties_nothing_changes_and_nothing_is_pushed(string payload)
    {
        var id = Wire.NewId();
        await using var socket = await server.OpenSocketAsync();
        await socket.SubscribeAsync(id);
        await socket.RoundTripAsync();

        var answer = await server.PublishAsync(Good.With(payload: payload.Replace("~", id, StringComparison.Ordinal)));

        Assert.False(answer.GetProperty("applied").GetBoolean());
        Assert.False(await server.ExistsAsync(id));
        Assert.Equal(payload.Contains('~', StringComparison.Ordinal) ? 1 : 0, (await server.HistoryAsync(id)).Count);
        await server.SetAsync(id, "{\"later\":1}");
        Assert.Equal("later", (await socket.NextAboutAsync(id)).Text("property"));
    }

    [Fact]
    public async Task Deleted_true_removes_the_entity_and_ignores_the_rest()
    {
        var id = Wire.NewId();
        await server.SetAsync(id, "{\"n\":1}");

        await server.SetAsync(id, "{\"a\":1,\"__deleted__\":true,\"b\":2}");

        Assert.False(await server.ExistsAsync(id));
        Assert.Empty(await server.ListAsync($"prefix={id}"));
    }

    [Theory]
    [InlineData("\"true\"")]
    [InlineData("1")]
    [InlineData("false")]
    [InlineData("null")]
    public async Task Deleted_of_any_other_value_is_an_ordinary_property(string value)
    {
        var id = Wire.NewId();

        await server.SetAsync(id, $"{{\"__deleted__\":{value}}}");

        Assert.Equal(value, (await server.ReadAsync(id)).GetProperty("properties").GetProperty("__deleted__").GetRawText());
    }

    [Fact]
    public async Task Removing_an_unknown_entity_does_nothing_and_pushes_nothing()
    {
        var id = Wire.NewId();
        await using var socket = await server.OpenSocketAsync();

        await server.SetAsync(id, "{\"__deleted__\":true}");
        await server.SetAsync(id, "{\"n\":1}");

        Assert.Equal("state_update", (await socket.NextAboutAsync(id)).Text("type"));
    }

    [Fact]
    public async Task A_property_is_replaced_whole_and_the_others_stay()
    {
        var id = Wire.NewId();
        await server.SetAsync(id, """{"a":{"x":1,"y":[1,2]},"b":"text","c":1}""");

        await server.SetAsync(id, """{"a":{"z":2},"b":null,"d":[]}""");

        var properties = (await server.ReadAsync(id)).GetProperty("properties");
        Assert.Equal(["a", "b", "c", "d"], properties.Members());
        Assert.Equal("""{"z":2}""", properties.GetProperty("a").GetRawText());
        Assert.Equal(JsonValueKind.Null, properties.GetProperty("b").ValueKind);
        Assert.Equal(1, properties.GetProperty("c").GetInt32());
    }

    [Fact]
    public async Task Empty_properties_create_nothing_and_touch_nothing()
    {
        var (known, unknown) = (Wire.NewId(), Wire.NewId());
        await server.SetAsync(known, "{\"n\":1}");
        var before = await server.ReadAsync(known);

        await server.SetAsync(known, "{}");
        await server.SetAsync(unknown, "{}");

        Assert.Equal(before.Text("lastUpdated"), (await server.ReadAsync(known)).Text("lastUpdated"));
        Assert.False(await server.ExistsAsync(unknown));
    }

    [Fact]
    public async Task Empty_properties_push_nothing()
    {
        var id = Wire.NewId();
        await using var socket = await server.OpenSocketAsync();

        await server.SetAsync(id, "{}");
        await server.SetAsync(id, "{\"later\":1}");

        Assert.Equal("later", (await socket.NextAboutAsync(id)).Text("property"));
    }

    [Fact]
    public async Task A_value_of_any_type_may_follow_any_other()
    {
        var id = Wire.NewId();
        foreach (var value in (string[])["1", "\"text\"", "null", "true", "[1]", "{\"a\":1}", "2.5"])
        {
            await server.SetAsync(id, $"{{\"v\":{value}}}");
            Assert.Equal(value, (await server.ReadAsync(id)).GetProperty("properties").GetProperty("v").GetRawText());
        }
    }

    [Fact]
    public async Task A_property_that_keeps_its_value_is_pushed_and_moves_last_updated()
    {
        var id = Wire.NewId();
        await server.SetAsync(id, "{\"n\":1}");
        var before = (await server.ReadAsync(id)).GetProperty("lastUpdated").GetDateTimeOffset();
        await using var socket = await server.OpenSocketAsync();

        await server.SetAsync(id, "{\"n\":1}");

        Assert.Equal(1, (await socket.NextAboutAsync(id)).GetProperty("value").GetInt32());
        Assert.True((await server.ReadAsync(id)).GetProperty("lastUpdated").GetDateTimeOffset() > before);
    }

    [Fact]
    public async Task After_a_delete_the_id_starts_again_empty()
    {
        var id = Wire.NewId();
        await server.SetAsync(id, "{\"old\":1}");
        await server.DeleteAsync(RawRequest.EntityPath(id));

        await server.SetAsync(id, "{\"new\":1}");

        Assert.Equal("""{"new":1}""", (await server.ReadAsync(id)).GetProperty("properties").GetRawText());
    }

    [Fact]
    public async Task The_time_of_the_event_decides_nothing()
    {
        var id = Wire.NewId();
        var payload = $$$$"""{"entity_id":"{{{{id}}}}","properties":{"n":~}}""";
        await server.PublishAsync(Good.With(timestamp: "2000000000000", payload: payload.Replace("~", "1", StringComparison.Ordinal)));

        await server.PublishAsync(Good.With(timestamp: "1", payload: payload.Replace("~", "2", StringComparison.Ordinal)));

        Assert.Equal(2, (await server.ReadAsync(id)).GetProperty("properties").GetProperty("n").GetInt32());
    }
}
