using System.Text.Json;
using Flux.Server.Tests.Contract;

namespace Flux.Server.Tests.Subscriptions.V2;

/// <summary>Predicates over a real socket.</summary>
public sealed class PredicateTests(ServerFixture server)
{
    // What is written in turn: properties, or a deletion.
    private static readonly string?[] Writes = ["{\"n\":1}", "{\"n\":9}", "{\"m\":1}", "{\"n\":8}", "{\"n\":2}", "{\"n\":7}", null, "{\"n\":6}", "{\"n\":1}", null, "{\"m\":2}"];

    [Theory]
    [InlineData("properties.n > 5", "enter 2,change 3,change 4,leave 5,enter 6,entity_deleted 7,enter 8,leave 9")]
    [InlineData("properties.n > 5 && entity.endsWith('/e')", "enter 2,change 3,change 4,leave 5,enter 6,entity_deleted 7,enter 8,leave 9")]
    [InlineData("properties.n > 5 && entity.endsWith('/x')", "")]
    [InlineData("!has(properties.n)", "enter 11")]
    [InlineData("'m' in changed", "change 3,entity_deleted 7,change 11")]
    [InlineData("properties.n > previous.n", "change 2,change 6")]
    [InlineData("deleted", "entity_deleted 7,entity_deleted 10")]
    [InlineData("event.source == 'bad-input' && 'n' in changed", "change 1,change 2,change 4,change 5,change 6,change 8,change 9")]
    [InlineData("entity.startsWith('nowhere/')", "")]
    [InlineData("properties.nosuch == 1", "")]
    public async Task A_predicate_chooses_and_says_enter_and_leave_when_it_is_over_state(string where, string expected)
    {
        var id = Wire.NewId();
        var other = $"{id}-end";
        await using var socket = await NewerSocket.OpenAsync(server.Port);
        var text = JsonSerializer.Serialize(where);
        await socket.SubscribeAsync("end", $"\"entity\":\"{other}\"");
        var began = await socket.SubscribeAsync("live", $"\"entity\":\"{id}\",\"where\":{text}");
        await socket.SubscribeAsync("judged end", $"\"entity\":\"{other}\",\"where\":\"properties.n == 1\"");
        foreach (var properties in Writes)
        {
            if (properties is null)
            {
                await server.DeleteAsync(RawRequest.EntityPath(id));
            }
            else
            {
                await server.SetAsync(id, properties);
            }
        }

        await server.SetAsync(other, "{\"n\":1}");
        var live = await socket.UntilAsync(frame => frame.Text("sub") == "judged end");
        Assert.Equal(expected, Shown(live.Where(frame => frame.Text("sub") == "live")));

        // The same comes from the log, whichever the place to begin at.
        foreach (var from in (string[])[$"\"{began.Text("cursor")}\"", "0"])
        {
            await socket.SubscribeAsync(from, $"\"entity\":\"{id}\",\"where\":{text},\"from\":{from}");
            Assert.Equal(expected, Shown((await socket.UntilAsync(frame => frame.Text("type") == "caught_up")).Where(frame => frame.Text("sub") == from)));
        }

        foreach (var frame in live.Where(frame => frame.Text("type") == "enter"))
        {
            Assert.True(frame.GetProperty("properties").TryGetProperty("n", out var _) || where.StartsWith('!'));
        }

        static string Shown(IEnumerable<JsonElement> frames) => string.Join(',', frames.Select(frame => $"{frame.Text("type")} {frame.GetProperty("version")}"));
    }

    [Fact]
    public async Task A_snapshot_with_a_predicate_over_state_holds_the_rows_that_match()
    {
        var ns = Wire.NewNamespace();
        for (var i = 0; i < 10; i++)
        {
            await server.SetAsync($"{ns}/e{i}", $$"""{"n":{{i}},"all":true}""");
        }

        await using var socket = await NewerSocket.OpenAsync(server.Port);
        await socket.SubscribeAsync("s", $"\"entity\":\"{ns}/*\",\"where\":\"properties.n >= 7\",\"from\":\"snapshot\"");

        var rows = await socket.UntilAsync(frame => frame.Text("type") == "caught_up");
        Assert.Equal([$"{ns}/e7", $"{ns}/e8", $"{ns}/e9"], rows.Select(row => row.Text("entity_id")));

        await server.SetAsync($"{ns}/e7", "{\"n\":0}");
        await server.SetAsync($"{ns}/e0", "{\"n\":70}");
        await server.SetAsync($"{ns}/e1", "{\"m\":70}");
        await server.SetAsync($"{ns}/e8", "{\"m\":1}");
        await server.DeleteAsync(RawRequest.EntityPath($"{ns}/e9"));
        var frames = await socket.ThroughAsync(frame => frame.Text("type") == "entity_deleted");
        Assert.Equal(
            [("leave", $"{ns}/e7"), ("enter", $"{ns}/e0"), ("change", $"{ns}/e8"), ("entity_deleted", $"{ns}/e9")],
            frames.Select(frame => (frame.Text("type"), frame.Text("entity_id"))));
        Assert.Equal("""{"all":true,"n":70}""", frames[1].GetProperty("properties").GetRawText());
    }

    [Theory]
    [InlineData("now")]
    [InlineData("snapshot")]
    [InlineData("0")]
    public async Task A_predicate_that_costs_too_much_ends_its_subscription_and_no_other(string from)
    {
        var id = Wire.NewId();
        var list = $"[{string.Join(',', Enumerable.Range(0, 300))}]";
        var costly = JsonSerializer.Serialize("properties.l.all(a, properties.l.all(b, properties.l.all(c, a + b + c >= 0)))");
        await using var socket = await NewerSocket.OpenAsync(server.Port);
        await socket.SubscribeAsync("plain", $"\"entity\":\"{id}\"");
        var start = from == "0" ? from : $"\"{from}\"";
        if (from == "now")
        {
            await socket.SubscribeAsync("costly", $"\"entity\":\"{id}\",\"where\":{costly}");
            await server.SetAsync(id, "{\"n\":0}");
            await server.SetAsync(id, $$"""{"l":{{list}}}""");
        }
        else
        {
            await server.SetAsync(id, "{\"n\":0}");
            await server.SetAsync(id, $$"""{"l":{{list}}}""");
            await socket.UntilAsync(frame => frame.GetProperty("version").GetInt64() == 2);
            await socket.SubscribeAsync("costly", $"\"entity\":\"{id}\",\"where\":{costly},\"from\":{start}");
        }

        var end = (await socket.ThroughAsync(frame => frame.Text("type") == "error"))[^1];
        Assert.Equal(("costly", "expression_too_costly"), (end.Text("sub"), end.Text("code")));
        Assert.Equal(
            from == "snapshot" ? ["code", "error", "sub", "type"] : ["code", "cursor", "error", "position", "sub", "type"], end.Members());

        // Its name is free, and the others go on.
        await server.SetAsync(id, "{\"n\":1}");
        Assert.Single(await socket.ThroughAsync(frame => frame.Text("type") == "change" && frame.GetProperty("version").GetInt64() == 3), frame => frame.GetProperty("version").GetInt64() == 3);
        if (from != "snapshot")
        {
            // What it was told that it has is what came before the change that cost too much.
            await socket.SubscribeAsync("costly", $"\"entity\":\"{id}\",\"from\":\"{end.Text("cursor")}\"");
            var missed = await socket.UntilAsync(frame => frame.Text("type") == "caught_up");
            Assert.Equal([2L, 3], missed.Select(frame => frame.GetProperty("version").GetInt64()));
        }
    }
}
