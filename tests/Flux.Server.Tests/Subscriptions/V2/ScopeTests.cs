using System.Text.Json;
using Flux.Server.Tests.BadInput;
using Flux.Server.Tests.Contract;

namespace Flux.Server.Tests.Subscriptions.V2;

/// <summary>Which entities a subscription is about, over real sockets.</summary>
public sealed class ScopeTests(ServerFixture server)
{
    // {0} is the test's namespace.
    private static readonly string[] World =
    [
        "{0}", "{0}/a", "{0}/a/b", "{0}/ab", "{0}/b", "{0}/ä", "{0}/😀", "{0}/😀x", "{0}/a b", "{0}/%2F", "{0}/\"\\", "{0}/<&>'", "{0}/*", "{0}/a/*", "{0}/\uFFFD", "{0}x/a",
        "{0}/", "{0}//a",
    ];

    [Theory]
    [InlineData("""{"entity":"{0}/a"}""", "{0}/a")]
    [InlineData("""{"entity":"{0}"}""", "{0}")]
    [InlineData("""{"entity":"{0}/"}""", "{0}/")]
    [InlineData("""{"entity":"{0}/a b"}""", "{0}/a b")]
    [InlineData("""{"entity":"{0}/%2F"}""", "{0}/%2F")]
    [InlineData("""{"entity":"{0}/\"\\"}""", "{0}/\"\\")]
    [InlineData("""{"entity":"{0}/\u00e4"}""", "{0}/ä")]
    [InlineData("""{"entity":"{0}/\ud83d\ude00"}""", "{0}/😀")]
    [InlineData("""{"entity":"{0}/a/*"}""", "{0}/a/*", "{0}/a/b")]
    [InlineData("""{"entity":"{0}//*"}""", "{0}//a")]
    [InlineData("""{"entity":["{0}/b","{0}/a","{0}/a","{0}/nobody"]}""", "{0}/a", "{0}/b")]
    [InlineData("""{"entity":["{0}","{0}/a/*","{0}/a/b"]}""", "{0}", "{0}/a/*", "{0}/a/b")]
    [InlineData("""{"prefix":"{0}/a"}""", "{0}/a", "{0}/a b", "{0}/a/*", "{0}/a/b", "{0}/ab")]
    [InlineData("""{"prefix":"{0}/😀"}""", "{0}/😀", "{0}/😀x")]
    [InlineData("""{"prefix":["{0}/a/","{0}/ab","{0}/b"]}""", "{0}/a/*", "{0}/a/b", "{0}/ab", "{0}/b")]
    [InlineData("""{"prefix":["{0}/a","{0}/a/"],"entity":["{0}/a/b","{0}/b"]}""", "{0}/a", "{0}/a b", "{0}/a/*", "{0}/a/b", "{0}/ab", "{0}/b")]
    [InlineData("""{"prefix":"{0}/no-such"}""")]
    [InlineData("""{"entity":"{0}x/*"}""", "{0}x/a")]
    [InlineData("""{"entity":"{0}/nobody","prefix":"{0}x"}""", "{0}x/a")]
    public async Task A_scope_brings_exactly_its_entities_each_change_once(string scope, params string[] expected)
    {
        var ns = Wire.NewNamespace();
        foreach (var id in World)
        {
            await server.SetAsync(Named(id, ns), "{\"n\":1}");
        }

        await using var beginner = await NewerSocket.OpenAsync(server.Port);
        await using var socket = await NewerSocket.OpenAsync(server.Port);
        var members = Named(scope, ns)[1..^1];
        var end = Wire.NewId();
        await beginner.SubscribeAsync("snapshot", $"{members},\"from\":\"snapshot\",\"progress\":true");
        var rows = (await beginner.UntilAsync(frame => frame.Text("type") == "caught_up")).Where(frame => frame.Text("type") != "progress");
        await socket.SubscribeAsync("end", $"\"entity\":\"{end}\"");
        await socket.SubscribeAsync("live", members);
        foreach (var id in World)
        {
            await server.SetAsync(Named(id, ns), "{\"n\":2}");
        }

        var written = (await server.SetAsync(end, "{\"n\":1}")).GetProperty("position").GetInt64();
        var changes = await socket.UntilChangeOfAsync(end);
        var followed = await beginner.ThroughProgressAsync("snapshot", written); // others are live when it still reads what came behind its rows
        await socket.SubscribeAsync("replay", $"{members},\"from\":0");
        var replay = await socket.UntilAsync(frame => frame.Text("type") == "caught_up");

        var ids = expected.Select(id => Named(id, ns)).ToList();
        Assert.Equal(ids.Order(StringComparer.Ordinal), rows.Select(frame => frame.Text("entity_id")).Order(StringComparer.Ordinal));
        Assert.All(rows, row => Assert.Equal("entity", row.Text("type")));
        foreach (var frames in (List<JsonElement>[])[followed, changes])
        {
            Assert.Equal(
                World.Select(id => Named(id, ns)).Where(ids.Contains),
                frames.Where(frame => frame.Text("type") == "change").Select(frame => frame.Text("entity_id")));
        }

        Assert.Equal(
            World.Concat(World).Select(id => Named(id, ns)).Where(ids.Contains), replay.Select(frame => frame.Text("entity_id")));
    }

    [Theory]
    [InlineData("""{"entity":"*"}""")]
    [InlineData("""{"prefix":""}""")]
    [InlineData("""{"entity":["a","*","b/*"],"prefix":"c"}""")]
    public async Task A_star_or_an_empty_prefix_is_everything(string scope)
    {
        var ids = (string[])[Wire.NewId(), Wire.NewNamespace(), $"{Wire.NewNamespace()}/ä/😀"];
        await using var socket = await NewerSocket.OpenAsync(server.Port);
        await socket.SubscribeAsync("all", scope[1..^1]);
        foreach (var id in ids)
        {
            await server.SetAsync(id, "{\"n\":1}");
        }

        await server.DeleteAsync(RawRequest.EntityPath(ids[0]));

        var frames = await socket.UntilAsync(frame => frame.Text("type") == "entity_deleted" && frame.Text("entity_id") == ids[0]);
        Assert.Equal(ids, frames.Where(frame => ids.Contains(frame.Text("entity_id"))).Select(frame => frame.Text("entity_id")));
    }

    [Fact]
    public async Task The_empty_id_is_an_id()
    {
        await using var socket = await NewerSocket.OpenAsync(server.Port);
        await socket.SubscribeAsync("nameless", "\"entity\":\"\"");
        await server.SetAsync(Wire.NewId(), "{\"n\":1}");
        var mark = Wire.NewNamespace();
        await server.SetAsync("", $$"""{"mark":"{{mark}}"}""");

        var before = await socket.UntilAsync(frame => frame.GetProperty("properties").TryGetProperty("mark", out var own) && own.GetString() == mark);
        Assert.All(before, frame => Assert.Equal("", frame.Text("entity_id"))); // other tests may use it too
    }

    [Fact]
    public async Task A_deletion_is_told_in_scope_only_and_only_when_there_was_something()
    {
        var ns = Wire.NewNamespace();
        await using var socket = await NewerSocket.OpenAsync(server.Port);
        await socket.SubscribeAsync("s", $"\"entity\":[\"{ns}/a\",\"{ns}/end\"]");
        await server.SetAsync($"{ns}/a", "{\"n\":1}");
        await server.SetAsync($"{ns}/b", "{\"n\":1}");
        foreach (var id in (string[])["b", "a", "a", "nobody"])
        {
            await server.DeleteAsync(RawRequest.EntityPath($"{ns}/{id}"));
        }

        await server.PublishAsync(Good.Event($"{ns}/a", "{}")); // it changes nothing
        await server.SetAsync($"{ns}/end", "{\"n\":1}");

        var frames = await socket.UntilChangeOfAsync($"{ns}/end");
        Assert.Equal([("change", $"{ns}/a"), ("entity_deleted", $"{ns}/a")], frames.Select(frame => (frame.Text("type"), frame.Text("entity_id"))));
    }

    [Fact]
    public async Task Ids_that_no_entity_can_have_are_refused()
    {
        await using var socket = await NewerSocket.OpenAsync(server.Port);
        var tooLong = new string('i', 1025);
        await socket.RefusedAsync($$"""{"type":"subscribe","sub":"s","entity":"{{tooLong}}"}""", "invalid_entity_id");
        await socket.RefusedAsync($$"""{"type":"subscribe","sub":"s","entity":["a","{{tooLong}}"]}""", "invalid_entity_id");
        await socket.RefusedAsync($$"""{"type":"subscribe","sub":"s","prefix":"{{tooLong}}"}""", "invalid_entity_id");
        await socket.RefusedAsync("""{"type":"subscribe","sub":"s","prefix":"a\u0000"}""", "invalid_entity_id");
        await socket.SubscribeAsync("s", $"\"entity\":\"{tooLong[1..]}\"");
        Assert.Empty(await socket.PingAsync());
    }

    private static string Named(string text, string ns) => text.Replace("{0}", ns, StringComparison.Ordinal);
}
