using Flux.Server.Tests.BadInput;
using Flux.Server.Tests.Contract;
using Flux.Server.Tests.Namespaces;

namespace Flux.Server.Tests.Limits;

/// <summary>Wire contract, section 11; bad input, rows B06 and A15.</summary>
public sealed class RateLimitTests(LimitedServer server) : IClassFixture<LimitedServer>
{
    private const int Guesses = 10_000;

    [Fact]
    public async Task Over_its_rate_a_namespace_is_refused_and_another_is_not()
    {
        var (ns, header) = await server.RegisterAsync();
        var (other, othersHeader) = await server.RegisterAsync();
        var stored = 0;
        RawAnswer answer;
        while ((answer = await server.PublishAsync($"{ns}/e", header)).Status == 200)
        {
            Assert.True(++stored <= LimitedServer.EventsPerMinute * 3, "the limit is never reached");
        }

        Assert.True(stored >= LimitedServer.EventsPerMinute, $"{stored} events were stored");
        Wire.AssertRefused(answer, 429, "rate limit exceeded");
        Assert.Equal("rate_limited", answer.Code);
        Assert.Equal("60", answer.Header("Retry-After"));
        Assert.Equal("\"namespace\";q=30;w=60", answer.Header("RateLimit-Policy"));
        Assert.Equal("\"namespace\";r=0;t=60", answer.Header("RateLimit"));
        Assert.Equal(200, (await server.PublishAsync($"{other}/e", othersHeader)).Status);
    }

    [Fact]
    public async Task In_a_batch_the_rows_after_the_limit_are_refused_and_those_before_are_stored()
    {
        var (ns, header) = await server.RegisterAsync();
        var events = string.Join(',', Enumerable.Range(0, LimitedServer.EventsPerMinute + 20).Select(i => Good.Event($"{ns}/e{i}", "{\"n\":1}", $"id-{i}")));

        var answer = await server.Http.PostAsync("/api/events/batch", $"{{\"events\":[{events}]}}", header);

        Assert.Equal(200, answer.Status);
        Assert.Null(answer.Header("Retry-After"));
        var rows = answer.Json.GetProperty("results").EnumerateArray().ToList();
        var stored = rows.TakeWhile(row => row.Text("error") is null).Count();
        Assert.InRange(stored, LimitedServer.EventsPerMinute, LimitedServer.EventsPerMinute + 5);
        Assert.Equal((stored, rows.Count - stored), (answer.Json.GetProperty("successful").GetInt32(), answer.Json.GetProperty("failed").GetInt32()));
        Assert.All(rows.Skip(stored), row => Assert.Equal(("rate limit exceeded", "rate_limited"), (row.Text("error"), row.Text("code"))));
        Assert.Equal($"id-{stored}", rows[stored].Text("eventId"));
        Assert.True(await server.Http.ExistsAsync($"{ns}/e{stored - 1}"));
        Assert.False(await server.Http.ExistsAsync($"{ns}/e{stored}"));
    }

    [Fact]
    public async Task Claims_count_as_events_of_their_namespace()
    {
        var (ns, header) = await server.RegisterAsync();
        var granted = 0;
        RawAnswer answer;
        while ((answer = await server.Http.PostAsync(
            "/api/claims", $"{{\"entity_id\":\"{ns}/e{granted}\",\"owner\":\"a\",\"ttl\":60}}", header, "Content-Type: application/json")).Status == 200)
        {
            Assert.True(++granted <= LimitedServer.EventsPerMinute * 3, "the limit is never reached");
        }

        Assert.True(granted >= LimitedServer.EventsPerMinute, $"{granted} claims were granted");
        Wire.AssertRefused(answer, 429, "rate limit exceeded");
        Assert.False(await server.Http.ExistsAsync($"{ns}/e{granted}"));
    }

    [Fact]
    public async Task Over_its_rate_a_namespace_may_delete()
    {
        var (ns, header) = await server.RegisterAsync();
        var events = string.Join(',', Enumerable.Range(0, LimitedServer.EventsPerMinute * 2).Select(_ => Good.Event($"{ns}/e", "{\"n\":1}")));
        await server.Http.PostAsync("/api/events/batch", $"[{events}]", header);

        var answers = new List<RawAnswer>();
        for (var i = 0; i < LimitedServer.EventsPerMinute; i++)
        {
            answers.Add(await server.Http.DeleteAsync(RawRequest.EntityPath($"{ns}/e"), header));
        }

        Assert.All(answers, answer => Assert.Equal(200, answer.Status));
    }

    [Fact]
    public async Task A_changed_limit_acts_on_the_next_event_and_none_refuses_all()
    {
        await using var own = new LimitedServer();
        await own.InitializeAsync();
        var (ns, header) = await own.RegisterAsync();
        Assert.Equal(200, (await own.PublishAsync($"{ns}/e", header)).Status);

        await SetLimitsAsync(own, """{"rate_limit_per_namespace_per_minute":0}""");

        Wire.AssertRefused(await own.PublishAsync($"{ns}/e", header), 429, "rate limit exceeded");
    }

    [Fact]
    public async Task Switched_off_by_the_operator_it_refuses_nothing()
    {
        await using var own = new LimitedServer();
        await own.InitializeAsync();
        var (ns, header) = await own.RegisterAsync();
        var events = string.Join(',', Enumerable.Range(0, LimitedServer.EventsPerMinute * 3).Select(_ => Good.Event($"{ns}/e", "{\"n\":1}")));

        await SetLimitsAsync(own, """{"rate_limit_enabled":false}""");

        var answer = await own.Http.PostAsync("/api/events/batch", $"[{events}]", header);
        Assert.Equal(0, answer.Json.GetProperty("failed").GetInt32());
    }

    [Fact]
    public async Task What_is_invalid_or_not_allowed_takes_nothing_from_the_rate()
    {
        var (ns, header) = await server.RegisterAsync();
        var (_, others) = await server.RegisterAsync();
        for (var i = 0; i < LimitedServer.EventsPerMinute; i++)
        {
            Assert.Equal(400, (await server.Http.PostAsync("/api/events", Good.With(source: "\"\"", stream: ""), header)).Status);
            Assert.Equal(403, (await server.PublishAsync($"{ns}/e", others)).Status);
        }

        Assert.Equal(200, (await server.PublishAsync($"{ns}/e", header)).Status);
    }

    [Fact]
    public async Task Ten_thousand_guesses_are_stopped_and_harm_nobody_who_has_a_token()
    {
        await using var guessed = new LimitedServer();
        await guessed.InitializeAsync();
        var (ns, header) = await guessed.RegisterAsync();
        var statuses = new Dictionary<int, int>();
        await using (var http = await guessed.Http.ConnectAsync())
        {
            for (var i = 0; i < Guesses; i++)
            {
                // The header is made up as well: who sends it cannot be believed.
                var request = RawRequest.Post(
                    "/api/events", RawRequest.Bytes(Good.Event($"{ns}/e", "{\"n\":1}")), OwnedServer.As($"guess-{i}"), $"X-Forwarded-For: 192.0.2.{i % 250}");
                var answer = await http.ExchangeAsync(request);
                statuses[answer.Status] = statuses.GetValueOrDefault(answer.Status) + 1;
            }
        }

        Assert.Equal([403, 429], statuses.Keys.Order());
        Assert.True(statuses[429] > Guesses / 2, $"{statuses[403]} of {Guesses} guesses were answered");
        Assert.Equal(200, (await guessed.PublishAsync($"{ns}/e", header)).Status);
        RawAnswer admin;
        var tries = 0;
        while ((admin = await guessed.Http.PostAsync("/api/namespaces", "{\"name\":\"another\"}", OwnedServer.As("guess"), "Content-Type: application/json")).Status != 429)
        {
            Assert.True(++tries < 1_000, $"{admin}"); // some guesses a second are answered again
        }

        Assert.Equal("rate_limited", admin.Code);
        Assert.Equal(200, (await guessed.Http.PostAsync("/api/namespaces", "{\"name\":\"another\"}", OwnedServer.AsOperator, "Content-Type: application/json")).Status);
        Assert.Equal(401, (await guessed.Http.PostAsync("/api/events", Good.Event($"{ns}/e", "{\"n\":1}"))).Status);
    }

    private static async Task SetLimitsAsync(LimitedServer own, string limits)
    {
        var answer = await own.Http.SendAsync(RawRequest.With("PUT", "/api/admin/config", RawRequest.Bytes(limits), OwnedServer.AsOperator));
        Assert.True(answer.Status == 200, $"{answer}");
    }
}
