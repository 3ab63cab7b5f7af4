using System.Text.Json;
using Flux.Server.Tests.BadInput;

namespace Flux.Server.Tests.Contract;

/// <summary>Properties and entities with a time to live: docs/claims.md.</summary>
public sealed class DueTimeTests(ServerFixture server)
{
    private readonly string _id = Wire.NewId();

    [Fact]
    public async Task A_property_that_is_due_becomes_null_by_an_event_that_is_pushed()
    {
        await using var socket = await server.OpenSocketAsync();
        await socket.SubscribeAsync(_id);
        await socket.RoundTripAsync();

        await PublishAsync("{\"temp\":5,\"unit\":\"C\"}", ",\"property_ttl\":{\"temp\":1}");
        var read = await ReadAsync();
        await NextAsync(socket, "temp", "5");
        await NextAsync(socket, "unit", "\"C\"");
        await NextAsync(socket, "temp", "null");

        Assert.True(read.GetProperty("propertiesExpireAt").TryGetProperty("temp", out _));
        Assert.Equal("""{"temp":null,"unit":"C"}""", (await ReadAsync()).GetProperty("properties").GetRawText());
        Assert.False((await ReadAsync()).TryGetProperty("propertiesExpireAt", out _));
        var last = (await server.GetAsync($"/api/events?entity={_id}")).Json[0];
        Assert.Equal(("flux.events.expiry", "flux"), (last.Text("stream"), last.Text("source")));
        var age = DateTimeOffset.Parse(last.Text("recordedAt")!, null) - DateTimeOffset.Parse(read.GetProperty("propertiesExpireAt").Text("temp")!, null);
        Assert.True(age >= TimeSpan.Zero, $"it was recorded {-age} before it was due");
    }

    [Fact]
    public async Task A_property_that_is_set_again_has_no_time_left_over()
    {
        await using var socket = await server.OpenSocketAsync();
        await socket.SubscribeAsync(_id);
        await socket.RoundTripAsync();
        await PublishAsync("{\"a\":1,\"b\":1}", ",\"property_ttl\":{\"a\":1,\"b\":1}");
        await PublishAsync("{\"a\":2}", "");

        foreach (var (property, value) in ((string, string)[])[("a", "1"), ("b", "1"), ("a", "2"), ("b", "null")])
        {
            await NextAsync(socket, property, value);
        }

        Assert.Equal("""{"a":2,"b":null}""", (await ReadAsync()).GetProperty("properties").GetRawText());
    }

    [Fact]
    public async Task An_entity_that_is_due_is_deleted_unless_it_is_heard_of_before()
    {
        await using var socket = await server.OpenSocketAsync();
        await socket.SubscribeAsync(_id);
        await socket.RoundTripAsync();

        await PublishAsync("{\"n\":1}", ",\"ttl\":1");
        await PublishAsync("{\"n\":2}", "");
        var first = (await ReadAsync()).Text("expiresAt");
        await PublishAsync("{}", ",\"ttl\":2");
        var second = (await ReadAsync()).Text("expiresAt");
        JsonElement message;
        do
        {
            message = await socket.NextAboutAsync(_id);
        }
        while (message.Text("type") != "entity_deleted");

        Assert.True(string.CompareOrdinal(second, first) > 0, $"{first} was not put off: {second}");
        Assert.Equal(404, (await server.GetAsync(RawRequest.EntityPath(_id))).Status);
        var history = (await server.GetAsync($"/api/events?entity={_id}")).Json;
        Assert.True(string.CompareOrdinal(history[0].Text("recordedAt"), second) >= 0, $"deleted before {second}");
        Assert.Equal(4, history.GetArrayLength());
    }

    [Fact]
    public async Task A_deletion_leaves_nothing_to_become_due()
    {
        await PublishAsync("{\"n\":1,\"m\":1}", ",\"ttl\":1,\"property_ttl\":{\"n\":1}");
        await server.DeleteAsync(RawRequest.EntityPath(_id));
        await PublishAsync("{\"n\":2}", "");
        var other = Wire.NewId();
        await server.PublishAsync(Good.With(payload: $"{{\"entity_id\":\"{other}\",\"properties\":{{\"n\":1}}}}", more: ",\"property_ttl\":{\"n\":2}"));
        await using var socket = await server.OpenSocketAsync();
        await socket.SubscribeAsync(other);

        await socket.NextAboutAsync(other); // due a second after the first would have been

        Assert.Equal("""{"n":2}""", (await ReadAsync()).GetProperty("properties").GetRawText());
    }

    private async Task NextAsync(RawWebSocket socket, string property, string value)
    {
        var message = await socket.NextAboutAsync(_id); // deletions of others come too
        Assert.Equal((property, value), (message.Text("property"), message.GetProperty("value").GetRawText()));
    }

    private async Task PublishAsync(string properties, string more) =>
        await server.PublishAsync(Good.With(payload: $"{{\"entity_id\":\"{_id}\",\"properties\":{properties}}}", more: more));

    private async Task<JsonElement> ReadAsync() => (await server.GetAsync(RawRequest.EntityPath(_id))).Json;
}
