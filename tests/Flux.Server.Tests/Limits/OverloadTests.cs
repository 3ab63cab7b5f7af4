using Flux.Server.Tests.BadInput;

namespace Flux.Server.Tests.Limits;

/// <summary>Who asks for too much at once is told so, and everybody else is served.</summary>
public sealed class OverloadTests(OverloadedServer server) : IClassFixture<OverloadedServer>
{
    private const int Bodies = 12; // of 16 MiB; eight have room

    // Of a batch 5,000 events are under way at a time, so that four of them are all that may be; there are more senders, for one always to follow.
    private const int Senders = 6;
    private const int BatchEvents = 10_000;

    private readonly ServerFixture _http = server.Http;

    [Fact]
    public async Task Large_bodies_that_come_slowly_are_refused_before_they_fill_memory_and_small_ones_are_served()
    {
        var slow = new List<SlowBody>();
        try
        {
            for (var i = 0; i < Bodies; i++)
            {
                slow.Add(await SlowBody.BeginAsync(_http, BatchOf($"slow/{i}")));
            }

            AssertRefused(await await Task.WhenAny(slow.Select(body => body.Answer)));
            var small = await _http.PostAsync("/api/events", Good.Event("slow/small", "{\"n\":1}"));
            Assert.True(small.Status == 200, $"{small}");

            var answers = await Task.WhenAll(slow.Select(body => body.EndAsync()));
            Assert.All(answers, answer =>
            {
                if (answer?.Status != 200)
                {
                    AssertRefused(answer);
                }
            });
            Assert.InRange(answers.Count(answer => answer?.Status == 200), 1, Bodies - 1);
        }
        finally
        {
            foreach (var body in slow)
            {
                await body.DisposeAsync();
            }
        }

        // What they had is free again, that of the refused ones too: as many as fit.
        for (var i = 0; i < Bodies; i++)
        {
            await using var next = await SlowBody.BeginAsync(_http, BatchOf($"slow/{i}"));
            var answer = await next.EndAsync();
            Assert.True(answer?.Status == 200, $"{answer}");
        }
    }

    [Fact]
    public async Task Deletions_and_claims_wait_in_the_same_bound_as_events()
    {
        var batch = RawRequest.BatchOf([.. Enumerable.Repeat("""{"stream":"s","source":"s","timestamp":1,"payload":{}}""", BatchEvents)]);
        using var stop = new CancellationTokenSource();
        var senders = Task.WhenAll(Enumerable.Range(0, Senders).Select(_ => SendUntilAsync(batch, stop.Token)));
        var refused = new List<RawAnswer>();
        foreach (var ask in (Func<Task<RawAnswer>>[])[DeleteAsync, DeleteManyAsync, ClaimAsync])
        {
            refused.Add(await RefusedAsync(ask));
        }

        await stop.CancelAsync();
        await senders;
        Assert.All(refused, AssertUnavailable);
        Assert.Equal([200, 200, 200], new[] { await DeleteAsync(), await DeleteManyAsync(), await ClaimAsync() }.Select(answer => answer.Status));
    }

    private static async Task<RawAnswer> RefusedAsync(Func<Task<RawAnswer>> ask)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var answer = await ask();
            if (answer.Status != 200)
            {
                return answer;
            }

            Assert.True(TimeProvider.System.GetElapsedTime(begun) < ServerFixture.Guard, $"it was served for {ServerFixture.Guard}, at last with {answer}");
        }
    }

    private static string BatchOf(string entity) => $"{{\"events\":[{Good.Event(entity, "{\"n\":1}")}]}}";

    private static void AssertRefused(RawAnswer? answer)
    {
        AssertUnavailable(answer);
        Assert.Equal("close", answer!.Header("Connection"));
    }

    private static void AssertUnavailable(RawAnswer? answer)
    {
        Assert.NotNull(answer);
        Assert.True(answer.Status == 503, $"{answer}");
        Assert.Equal("unavailable", answer.Code);
        Assert.Equal("1", answer.Header("Retry-After"));
    }

    private async Task SendUntilAsync(byte[] batch, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var answer = await _http.SendAsync(batch);
            if (answer.Status != 200)
            {
                AssertUnavailable(answer);
            }
        }
    }

    private Task<RawAnswer> DeleteAsync() => _http.DeleteAsync(RawRequest.EntityPath("many/one"));

    private Task<RawAnswer> DeleteManyAsync() =>
        _http.SendAsync(RawRequest.DeleteMany("{\"entity_ids\":[\"many/one\",\"many/two\"]}"));

    private Task<RawAnswer> ClaimAsync() => _http.PostAsync(
        "/api/claims", $"{{\"entity_id\":\"many/{Guid.NewGuid():N}\",\"owner\":\"tests\",\"ttl\":60}}", "Content-Type: application/json");
}
