using System.Globalization;
using System.Net;
using System.Text.Json;
using Flux.Core.Subscriptions;
using Flux.Server.Tests.BadInput;
using Flux.Server.Tests.Contract;
using Microsoft.Extensions.Time.Testing;

namespace Flux.Server.Tests.Subscriptions.V2;

/// <summary>Server-sent events: one subscription over plain HTTP.</summary>
public sealed class EventStreamTests(ServerFixture server)
{
    private string Address => $"http://127.0.0.1:{server.Port}/api/stream";

    [Fact]
    public async Task An_event_has_the_type_as_its_name_the_cursor_as_its_id_and_the_frame_without_sub()
    {
        var id = $"{Wire.NewId()}/ä 😀";
        await server.SetAsync(id, """{"n":1}""");
        await using var stream = await EventSource.OpenAsync($"{Address}?entity={Uri.EscapeDataString(id)}&from=snapshot");

        Assert.Equal("text/event-stream", stream.Answer.Content.Headers.ContentType!.MediaType);
        Assert.True(stream.Answer.Headers.CacheControl!.NoStore);
        await stream.NextAsync("subscribed", "position");
        Assert.True(int.Parse(stream.Retry!, CultureInfo.InvariantCulture) > 0);
        Assert.Equal(id, (await stream.NextAsync("entity", "entity_id", "properties", "version", "last_updated")).Text("entity_id"));
        await stream.NextAsync("caught_up", "position", "cursor");
        await server.SetAsync(id, """{"n":2}""");
        var change = await stream.NextAsync("change", ["entity_id", "properties", .. NewerSocketTests.Common]);
        Assert.Equal(change.Text("cursor"), stream.LastId);
        await server.DeleteAsync(RawRequest.EntityPath(id));
        await stream.NextAsync("entity_deleted", ["entity_id", .. NewerSocketTests.Common]);
    }

    [Fact]
    public async Task Line_ends_in_what_was_written_do_not_break_the_stream()
    {
        var id = Wire.NewId();
        await server.PublishAsync(Good.Event(id, "{\"o\":{\r\n \"a\" :\n [1,\r2 ]},\"s\":\"a\\r\\n\\ndata: x\u2028\"}"));
        await using var stream = await EventSource.OpenAsync($"{Address}?entity={id}&from=snapshot");
        await using var replay = await EventSource.OpenAsync($"{Address}?entity={id}&from=0");

        await stream.NextAsync("subscribed", "position");
        await replay.NextAsync("subscribed", "position", "cursor");
        foreach (var frame in (JsonElement[])[(await stream.NextAsync())!.Value, (await replay.NextAsync())!.Value])
        {
            Assert.Equal("a\r\n\ndata: x\u2028", frame.GetProperty("properties").Text("s"));
            Assert.Equal(2, frame.GetProperty("properties").GetProperty("o").GetProperty("a")[1].GetInt32());
        }
    }

    [Fact]
    public async Task Entities_and_prefixes_may_be_there_several_times()
    {
        var ns = Wire.NewNamespace();
        await using var stream = await EventSource.OpenAsync($"{Address}?entity={ns}/a&prefix={ns}/b&entity={ns}/c/*&prefix={ns}/bb&from=now&slow=conflate&progress=false&unknown=1");
        await stream.NextAsync("subscribed", "position", "cursor");
        foreach (var id in (string[])["x", "a", "b", "bb", "c", "c/d", "a"])
        {
            await server.SetAsync($"{ns}/{id}", "{\"n\":1}");
        }

        foreach (var id in (string[])["a", "b", "bb", "c/d", "a"])
        {
            Assert.Equal($"{ns}/{id}", (await stream.NextAsync())!.Value.Text("entity_id"));
        }
    }

    [Fact]
    public async Task The_empty_id_can_be_asked_for()
    {
        await using var stream = await EventSource.OpenAsync($"{Address}?entity=");
        await stream.NextAsync("subscribed", "position", "cursor");
        await server.SetAsync(Wire.NewId(), "{\"n\":1}");
        await server.SetAsync("", "{\"n\":1}");
        Assert.Equal("", (await stream.NextAsync())!.Value.Text("entity_id"));
    }

    [Fact]
    public async Task A_client_that_connects_again_goes_on_with_its_last_event_whatever_from_says()
    {
        var id = Wire.NewId();
        string last;
        await using (var stream = await EventSource.OpenAsync($"{Address}?entity={id}&from=snapshot&where=properties.n%20%3E%200"))
        {
            await stream.NextAsync("subscribed", "position");
            await stream.NextAsync("caught_up", "position", "cursor");
            await server.SetAsync(id, "{\"n\":1}");
            await stream.NextAsync("enter", ["entity_id", "properties", .. NewerSocketTests.Common]);
            last = stream.LastId!;
        }

        await server.SetAsync(id, "{\"n\":2}");
        await using var again = await EventSource.OpenAsync($"{Address}?entity={id}&from=snapshot&where=properties.n%20%3E%200", ("Last-Event-ID", last));
        Assert.Equal(last, (await again.NextAsync("subscribed", "position", "cursor")).Text("cursor"));

        // On a busy machine it has caught up before the change comes live.
        JsonElement[] next = [await NextOfAsync(again), await NextOfAsync(again)];
        Assert.Equal(["caught_up", "change"], next.Select(frame => frame.GetProperty("type").GetString()).Order(StringComparer.Ordinal));
        Assert.Equal(2, next.Single(frame => frame.TryGetProperty("properties", out _)).GetProperty("properties").GetProperty("n").GetInt32());

        static async Task<JsonElement> NextOfAsync(EventSource stream) => Assert.NotNull(await stream.NextAsync());
    }

    [Fact]
    public async Task Progress_comes_when_it_is_asked_for_and_moves_the_last_event()
    {
        var id = Wire.NewId();
        await using var stream = await EventSource.OpenAsync($"{Address}?entity={id}&progress=true");
        await stream.NextAsync("subscribed", "position", "cursor");
        var written = (await server.SetAsync($"{id}/other", "{\"n\":1}")).GetProperty("position").GetInt64();

        while ((await stream.NextAsync("progress", "position", "cursor")).GetProperty("position").GetInt64() < written)
        {
        }

        Assert.True(Cursor.TryParse(stream.LastId, out var cursor));
        Assert.True(cursor.Position.Value >= written);
    }

    [Theory]
    [InlineData("", "missing_field")]
    [InlineData("?from=now", "missing_field")]
    [InlineData("?entity=a&from=never", "invalid_parameter")]
    [InlineData("?entity=a&from=", "invalid_parameter")]
    [InlineData("?entity=a&from=-1", "invalid_parameter")]
    [InlineData("?entity=a&from=1.5", "invalid_parameter")]
    [InlineData("?entity=a&from=now&from=now", "invalid_parameter")]
    [InlineData("?entity=a&slow=drop", "invalid_field")]
    [InlineData("?entity=a&progress=1", "invalid_parameter")]
    [InlineData("?entity=a%00", "invalid_entity_id")]
    [InlineData("?entity=%ff", "invalid_parameter")]
    [InlineData("?entity=a&where=1%2B1", "invalid_expression")]
    [InlineData("?entity=a&where=properties.n%20%3E", "invalid_expression")]
    public async Task A_refusal_is_an_ordinary_error(string query, string code)
    {
        var answer = await server.GetAsync($"/api/stream{query}");

        Wire.AssertRefused(answer, 400);
        Assert.Equal(code, answer.Code);
    }

    [Fact]
    public async Task A_last_event_that_is_none_is_refused()
    {
        var answer = await server.GetAsync("/api/stream?entity=a", "Last-Event-ID: nothing");

        Wire.AssertRefused(answer, 400);
        Assert.Equal("invalid_parameter", answer.Code);
    }

    [Fact]
    public async Task An_unknown_cursor_is_gone_with_the_head_as_an_answer()
    {
        var head = (await server.SetAsync(Wire.NewId(), "{\"n\":1}")).GetProperty("position").GetInt64();
        var foreign = new Cursor(Guid.NewGuid(), new(1), 1).ToString();
        foreach (var answer in (RawAnswer[])[
            await server.GetAsync($"/api/stream?entity=a&from={foreign}"),
            await server.GetAsync($"/api/stream?entity=a&from={long.MaxValue}"),
            await server.GetAsync("/api/stream?entity=a&where=true&from=snapshot", $"Last-Event-ID: {foreign}"),
        ])
        {
            Wire.AssertRefused(answer, 410);
            Assert.Equal(["code", "cursor", "error", "first", "position"], answer.Json.Members());
            Assert.Equal("cursor_unknown", answer.Code);
            Assert.Equal(1, answer.Json.GetProperty("first").GetInt64());
            Assert.True(answer.Json.GetProperty("position").GetInt64() >= head);
            Assert.True(Cursor.TryParse(answer.Json.Text("cursor"), out var cursor));
            Assert.Equal(cursor.Position.Value, answer.Json.GetProperty("position").GetInt64());
        }
    }

    [Theory]
    [InlineData("HEAD")]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task Another_method_than_get_is_405(string method)
    {
        var answer = await server.SendAsync(RawRequest.Of(method, "/api/stream?entity=a"));

        Assert.Equal(405, answer.Status);
    }

    [Fact]
    public async Task A_client_that_goes_away_is_forgotten()
    {
        await using var hosted = await HostedSubscriptions.StartAsync();
        var stream = await EventSource.OpenAsync($"{hosted.StreamAddress}?entity=*");
        await stream.NextAsync("subscribed", "position", "cursor");
        Assert.Equal(1, hosted.Open);

        await stream.DisposeAsync();

        await HostedSubscriptions.UntilAsync(() => hosted.Open == 0);
        hosted.Write("a", "{\"n\":1}");
    }

    [Fact]
    public async Task A_comment_comes_while_there_is_nothing_to_say()
    {
        var time = new FakeTimeProvider();
        await using var hosted = await HostedSubscriptions.StartAsync(configure: null, time);
        await using var stream = await EventSource.OpenAsync($"{hosted.StreamAddress}?entity=*");
        await stream.NextAsync("subscribed", "position", "cursor");
        for (var i = 0; stream.Comments == 0; i++)
        {
            Assert.True(i < 1000, "no comment has come");
            time.Advance(TimeSpan.FromSeconds(15));
            hosted.Write("a", "{\"n\":1}");
            await stream.NextAsync("change", ["entity_id", "properties", .. NewerSocketTests.Common]);
        }
    }

    [Fact]
    public async Task A_refused_stream_is_not_counted()
    {
        await using var hosted = await HostedSubscriptions.StartAsync(options => options.MaxSubscriptions = 1);
        using var http = new HttpClient();

        Assert.Equal(HttpStatusCode.Gone, (await http.GetAsync($"{hosted.StreamAddress}?entity=a&from=5", TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await http.GetAsync($"{hosted.StreamAddress}?entity=a&entity=b", TestContext.Current.CancellationToken)).StatusCode);

        await HostedSubscriptions.UntilAsync(() => hosted.Open == 0);
    }

    [Fact]
    public async Task The_answer_ends_when_the_server_stops()
    {
        await using var hosted = await HostedSubscriptions.StartAsync();
        await using var stream = await EventSource.OpenAsync($"{hosted.StreamAddress}?entity=*");
        await stream.NextAsync("subscribed", "position", "cursor");
        hosted.Write("a", "{\"n\":1}");

        var stopping = hosted.StopAsync();

        await stream.NextAsync("change", ["entity_id", "properties", .. NewerSocketTests.Common]);
        Assert.Null(await stream.NextAsync());
        await stopping.WaitAsync(ServerFixture.Guard, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_stream_whose_predicate_costs_too_much_says_so_and_ends()
    {
        await using var hosted = await HostedSubscriptions.StartAsync();
        var where = Uri.EscapeDataString("properties.l.all(a, properties.l.all(b, properties.l.all(c, a + b + c >= 0)))");
        await using var stream = await EventSource.OpenAsync($"{hosted.StreamAddress}?entity=*&where={where}");
        await stream.NextAsync("subscribed", "position", "cursor");

        hosted.Write("a", $$"""{"l":[{{string.Join(',', Enumerable.Range(0, 300))}}]}""");

        Assert.Equal("expression_too_costly", (await stream.NextAsync("error", "code", "error", "position", "cursor")).Text("code"));
        Assert.Null(await stream.NextAsync());
        await HostedSubscriptions.UntilAsync(() => hosted.Open == 0);
    }

    [Fact]
    public async Task A_client_that_does_not_read_for_a_while_loses_nothing()
    {
        await using var hosted = await HostedSubscriptions.StartAsync();
        await using var http = await RawHttp.ConnectAsync(hosted.Port, receiveBuffer: 4096);
        await http.SendAsync(RawRequest.Get("/api/stream?entity=*"));
        await http.WaitForBytesAsync();
        var padding = new string('x', 40_000);
        for (var i = 1; hosted.EverLagged == 0; i++)
        {
            Assert.True(i < 10_000, "the stream takes everything");
            hosted.Write("a", $$"""{"n":{{i}},"p":"{{padding}}"}""");
        }

        var last = hosted.Write("a", "{\"n\":-1}").Position;
        await using var again = await EventSource.OpenAsync($"{hosted.StreamAddress}?entity=*&from=0");
        await again.NextAsync("subscribed", "position", "cursor");
        for (var i = 1; i <= last.Value; i++)
        {
            Assert.Equal(i, (await again.NextAsync())!.Value.GetProperty("position").GetInt64());
        }

        // The slow one gets the same, at its own pace.
        var reading = http.ReadAnswerAsync();
        await HostedSubscriptions.UntilAsync(() => hosted.Lagging == 0);
        var stopping = hosted.StopAsync();
        var answer = await reading.WaitAsync(ServerFixture.Guard, TestContext.Current.CancellationToken);
        await stopping.WaitAsync(ServerFixture.Guard, TestContext.Current.CancellationToken);
        var positions = answer!.Text.Split('\n').Where(line => line.StartsWith("data: {\"type\":\"change\"", StringComparison.Ordinal))
            .Select(line => JsonDocument.Parse(line["data: ".Length..]).RootElement.GetProperty("position").GetInt64());
        Assert.Equal(Enumerable.Range(1, (int)last.Value).Select(i => (long)i), positions);
    }
}
