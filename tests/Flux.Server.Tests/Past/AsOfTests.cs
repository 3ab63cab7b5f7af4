using System.Globalization;
using System.Text.Json;
using Flux.Core.Log;
using Flux.Core.Subscriptions;
using Flux.Server.Tests.Contract;
using Flux.Server.Tests.Entities;
using Flux.Server.Tests.Namespaces;
using Flux.Server.Tests.Subscriptions.V2;

namespace Flux.Server.Tests.Past;

/// <summary>Reads with <c>at</c>: the protocol's page, section "Time travel".</summary>
public sealed class AsOfTests(ServerFixture server, OwnedServer owned)
{
    [Fact]
    public async Task An_entity_is_shown_as_it_was_at_a_position_a_cursor_and_a_time()
    {
        var id = Wire.NewId();
        await using var socket = await NewerSocket.OpenAsync(server.Port);
        await socket.SubscribeAsync("s", $"\"entity\":\"{id}\"");
        var before = (await server.SetAsync(Wire.NewId(), "{\"other\":1}")).GetProperty("position").GetInt64();
        var moments = new List<(string Position, string Cursor, string Time, JsonElement Entity)>();
        foreach (var properties in (string[])["{\"a\":1}", "{\"b\":[1.50]}", "{\"a\":null}"])
        {
            var acknowledged = await server.SetAsync(id, properties);
            var change = (await socket.ThroughAsync(frame => frame.Text("type") == "change"))[^1];
            moments.Add((acknowledged.GetProperty("position").ToString(), change.Text("cursor")!, change.Text("timestamp")!, await server.ReadAsync(id)));
        }

        await server.DeleteAsync(RawRequest.EntityPath(id));
        var deletion = (await socket.ThroughAsync(frame => frame.Text("type") == "entity_deleted"))[^1];

        foreach (var (position, cursor, time, entity) in moments)
        {
            foreach (var at in (string[])[position, cursor, time])
            {
                var past = await server.GetAsync($"{RawRequest.EntityPath(id)}?at={at}");
                Assert.Equal(["id", "lastUpdated", "position", "properties", "version"], past.Json.Members());
                foreach (var member in (string[])["id", "lastUpdated", "properties", "version"])
                {
                    Assert.Equal(entity.GetProperty(member).GetRawText(), past.Json.GetProperty(member).GetRawText());
                }

                // Others' events may have been recorded in the same commit, at the same time and behind this one.
                var shown = past.Json.GetProperty("position").ToString();
                Assert.True(shown == position || (at == time && Number(shown) > Number(position)), $"at {at}: {shown}, not {position}");
                Assert.Equal(shown, past.Header("Flux-Position"));
            }
        }

        Wire.AssertRefused(await server.GetAsync($"{RawRequest.EntityPath(id)}?at={before}"), 404);
        Wire.AssertRefused(await server.GetAsync($"{RawRequest.EntityPath(id)}?at={deletion.GetProperty("position")}"), 404);
        Wire.AssertRefused(await server.GetAsync($"{RawRequest.EntityPath(id)}?at=2020-01-01T00:00:00Z"), 404);
        Wire.AssertRefused(await server.GetAsync($"{RawRequest.EntityPath(id)}?at=0"), 404);

        static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task A_list_is_shown_as_it_was_with_the_position_in_its_head()
    {
        var ns = Wire.NewNamespace();
        var first = (await server.SetAsync($"{ns}/a", "{\"n\":1}")).GetProperty("position").GetInt64();
        await server.SetAsync($"{ns}/b", "{\"n\":2}");
        var then = await server.GetAsync($"{Wire.Entities}?namespace={ns}");
        var position = (await server.SetAsync(Wire.NewId(), "{\"n\":1}")).GetProperty("position").GetInt64();
        await server.SetAsync($"{ns}/a", "{\"n\":3,\"m\":1}");
        await server.DeleteAsync(RawRequest.EntityPath($"{ns}/b"));
        await server.SetAsync($"{ns}/c", "{\"n\":4}");

        foreach (var scope in (string[])[$"namespace={ns}", $"prefix={ns}/", $"namespace={ns}&prefix={ns}"])
        {
            var past = await server.GetAsync($"{Wire.Entities}?{scope}&at={position}");
            Assert.Equal(then.Text, past.Text);
            Assert.Equal($"{position}", past.Header("Flux-Position"));
            Assert.Equal("Flux-Position", past.Header("Access-Control-Expose-Headers"));
            Assert.Single((await server.GetAsync($"{Wire.Entities}?{scope}&at={first}")).Json.EnumerateArray());
            Assert.Equal("[]", (await server.GetAsync($"{Wire.Entities}?{scope}&at={first - 1}")).Text);
        }

        var all = await server.GetAsync($"{Wire.Entities}?at={position}");
        Assert.Equal(then.Json.EnumerateArray().Select(e => e.GetRawText()), all.Json.EnumerateArray().Where(e => e.Text("id")!.StartsWith($"{ns}/", StringComparison.Ordinal)).Select(e => e.GetRawText()));
    }

    [Fact]
    public async Task What_is_acknowledged_is_in_the_past_at_once()
    {
        var id = Wire.NewId();
        for (var n = 0; n < 20; n++)
        {
            var position = (await server.SetAsync(id, $"{{\"n\":{n}}}")).GetProperty("position").GetInt64();

            var entity = await server.GetAsync($"{RawRequest.EntityPath(id)}?at={position}");
            var list = await server.GetAsync($"{Wire.Entities}?prefix={id}&at={position}");

            Assert.Equal(n, entity.Json.GetProperty("properties").GetProperty("n").GetInt32());
            Assert.Equal(n, list.Json[0].GetProperty("properties").GetProperty("n").GetInt32());
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("&where=properties.n+%3E+100.0")]
    public async Task Pages_of_the_past_show_the_list_of_that_position_whatever_is_written_meanwhile(string where)
    {
        var ns = Wire.NewNamespace();
        for (var i = 0; i < 60; i++)
        {
            await server.SetAsync($"{ns}/e{i:00}", $"{{\"n\":{i + 80}}}");
        }

        await server.DeleteAsync(RawRequest.EntityPath($"{ns}/e50"));
        var position = (await server.SetAsync(Wire.NewId(), "{\"n\":1}")).GetProperty("position").GetInt64();
        var whole = (await server.GetAsync($"{Wire.Entities}?namespace={ns}&at={position}")).Json.EnumerateArray()
            .Where(e => where.Length == 0 || e.GetProperty("properties").GetProperty("n").GetInt32() > 100)
            .Select(e => e.GetRawText()).ToList();

        var shown = new List<string>();
        string? next = $"{Wire.Entities}?namespace={ns}&at={position}&limit=7{where}";
        for (var page = 0; next is not null; page++)
        {
            var answer = await server.GetAsync(next);
            Assert.Equal((200, $"{position}"), (answer.Status, answer.Header("Flux-Position")));
            shown.AddRange(answer.Json.EnumerateArray().Select(e => e.GetRawText()));
            next = answer.Next();

            // Changes and deletions of what was shown and of what was not, and new ones before and behind.
            await server.SetAsync($"{ns}/e{page * 5:00}", "{\"n\":500}");
            await server.DeleteAsync(RawRequest.EntityPath($"{ns}/e{59 - page:00}"));
            await server.SetAsync($"{ns}/a{page}", "{\"n\":500}");
            await server.SetAsync($"{ns}/z{page}", "{\"n\":500}");
        }

        Assert.Equal(whole, shown);
        Assert.True(whole.Count > 30, $"only {whole.Count} entities");
    }

    [Fact]
    public async Task The_next_page_of_a_time_is_of_the_position_of_the_first_and_its_cursor_good_for_no_other()
    {
        var ns = Wire.NewNamespace();
        await server.SetAsync($"{ns}/a", "{\"n\":1}");
        await server.SetAsync($"{ns}/b", "{\"n\":1}");
        var now = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

        var first = await server.GetAsync($"{Wire.Entities}?namespace={ns}&at={now}&limit=1");
        var position = first.Header("Flux-Position");
        Assert.Contains($"&at={position}&", first.Next(), StringComparison.Ordinal);
        Assert.Equal($"{ns}/b", Assert.Single((await server.GetAsync(first.Next()!)).Json.EnumerateArray()).Text("id"));

        var cursor = first.Next()!.Split("cursor=")[1];
        foreach (var at in (string[])["", $"&at={long.Parse(position!, CultureInfo.InvariantCulture) - 1}", $"&at={now}"])
        {
            Wire.AssertRefused(await server.GetAsync($"{Wire.Entities}?namespace={ns}{at}&cursor={cursor}"), 400, "cursor");
        }
    }

    [Fact]
    public async Task A_position_that_has_not_come_yet_and_a_cursor_of_another_log_are_refused()
    {
        var id = Wire.NewId();
        var position = (await server.SetAsync(id, "{\"n\":1}")).GetProperty("position").GetInt64();
        var foreign = new Cursor(Guid.NewGuid(), new Position(position), RowHash: 1);
        var tomorrow = TimeProvider.System.GetUtcNow().AddDays(1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        foreach (var at in (string[])[$"{position + 1_000_000}", foreign.ToString(), tomorrow, "-1", "", "x", "1.5", "2026-02-25"])
        {
            foreach (var target in (string[])[RawRequest.EntityPath(id), Wire.Entities])
            {
                var answer = await server.GetAsync($"{target}?at={at}");
                Wire.AssertRefused(answer, 400, "at");
                Assert.Equal("invalid_parameter", answer.Code);
            }
        }
    }

    [Fact]
    public async Task The_past_of_a_private_namespace_is_shown_to_its_tokens_only()
    {
        var (ns, token) = await owned.RegisterPrivateAsync();
        var position = (await owned.PublishAsync($"{ns}/a", OwnedServer.As(token))).Json.GetProperty("position").GetInt64();
        foreach (var headers in (string[][])[[], [OwnedServer.AsOperator], [OwnedServer.As((await owned.RegisterAsync()).Token)]])
        {
            Wire.AssertRefused(await owned.Http.GetAsync($"{RawRequest.EntityPath($"{ns}/a")}?at={position}", headers), 404);
            Assert.Equal("[]", (await owned.Http.GetAsync($"{Wire.Entities}?namespace={ns}&at={position}", headers)).Text);
            Assert.DoesNotContain(ns, (await owned.Http.GetAsync($"{Wire.Entities}?at={position}", headers)).Text, StringComparison.Ordinal);
        }

        Assert.Equal(200, (await owned.Http.GetAsync($"{RawRequest.EntityPath($"{ns}/a")}?at={position}", OwnedServer.As(token))).Status);
        Assert.Single((await owned.Http.GetAsync($"{Wire.Entities}?namespace={ns}&at={position}", OwnedServer.As(token))).Json.EnumerateArray());
        Assert.DoesNotContain("$flux", (await owned.Http.GetAsync($"{Wire.Entities}?at={position}", OwnedServer.AsOperator)).Text, StringComparison.Ordinal);
    }
}
