using System.Text.Json;
using Flux.Server.Tests.BadInput;

namespace Flux.Server.Tests.Contract;

/// <summary>Leases with fencing tokens: docs/claims.md.</summary>
public sealed class ClaimTests(ServerFixture server)
{
    private readonly string _id = Wire.NewId();

    [Fact]
    public async Task Of_many_who_want_a_claim_one_gets_it_and_the_next_token_is_larger()
    {
        var last = 0L;
        for (var round = 0; round < 5; round++)
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => AcquireAsync($"worker {i}")));

            var holder = Assert.Single(answers, answer => answer.Status == 200).Json;
            Assert.All(answers.Where(answer => answer.Status != 200), answer =>
            {
                Assert.Equal((409, "claim_conflict"), (answer.Status, answer.Json.Text("code")));
                Assert.Equal(holder.Text("owner"), answer.Json.GetProperty("claim").Text("owner"));
            });
            var token = holder.GetProperty("token").GetInt64();
            Assert.True(token > last, $"{token} is not larger than {last}");
            Assert.Equal(200, (await PostAsync("release", $"\"token\":{token}")).Status);
            last = token;
        }
    }

    [Fact]
    public async Task A_claim_is_seen_kept_and_let_go()
    {
        var granted = (await AcquireAsync("a", ttl: 100)).Json;
        var token = granted.GetProperty("token").GetInt64();
        var read = (await server.GetAsync(RawRequest.EntityPath(_id))).Json;
        var renewed = await PostAsync("renew", $"\"token\":{token},\"ttl\":200");
        var list = (await server.GetAsync($"/api/claims?entity_id={_id}")).Json;
        var released = await PostAsync("release", $"\"token\":{token}");

        Assert.Equal(granted.GetProperty("version").GetInt64(), token);
        Assert.Equal($$"""{"owner":"a","token":{{token}}}""", read.GetProperty("properties").GetProperty("$claim").GetRawText());
        Assert.Equal((200, token), (renewed.Status, renewed.Json.GetProperty("token").GetInt64()));
        Assert.True(string.CompareOrdinal(renewed.Json.Text("expires_at"), granted.Text("expires_at")) > 0);
        Assert.Equal(("a", renewed.Json.Text("expires_at")), (list[0].Text("owner"), list[0].Text("expires_at")));
        Assert.Equal(200, released.Status);
        Assert.Equal(0, (await server.GetAsync($"/api/claims?entity_id={_id}")).Json.GetArrayLength());
        Assert.Equal("{\"$claim\":null}", (await server.GetAsync(RawRequest.EntityPath(_id))).Json.GetProperty("properties").GetRawText());
        Assert.Equal(409, (await PostAsync("release", $"\"token\":{token}")).Status);
    }

    [Fact]
    public async Task Keys_of_an_entity_are_claimed_one_by_one()
    {
        var whole = (await AcquireAsync("a")).Json.GetProperty("token").GetInt64();
        var key = (await PostAsync(null, "\"owner\":\"b\",\"ttl\":100,\"key\":\"left/1\"")).Json;

        Assert.Equal("left/1", key.Text("key"));
        Assert.Equal(409, (await PostAsync(null, "\"owner\":\"c\",\"ttl\":100,\"key\":\"left/1\"")).Status);
        Assert.Equal(409, (await PostAsync("release", $"\"token\":{whole},\"key\":\"left/1\"")).Status);
        Assert.Equal(2, (await server.GetAsync($"/api/claims?entity_id={_id}")).Json.GetArrayLength());
        foreach (var token in (long[])[whole, key.GetProperty("token").GetInt64()])
        {
            Assert.Equal(200, (await WriteAsync(token)).Status);
        }
    }

    [Fact]
    public async Task A_claim_that_runs_out_is_pushed_and_its_holder_may_not_write_any_more()
    {
        await using var socket = await server.OpenSocketAsync();
        await socket.SubscribeAsync(_id);
        await socket.RoundTripAsync();
        var token = (await AcquireAsync("a", ttl: 1)).Json.GetProperty("token").GetInt64();
        Assert.Equal(200, (await WriteAsync(token)).Status);

        JsonElement message;
        do
        {
            message = await socket.NextAboutAsync(_id);
        }
        while (message.Text("property") != "$claim" || message.GetProperty("value").ValueKind != JsonValueKind.Null);

        var late = await WriteAsync(token);
        Assert.Equal((403, "claim_conflict"), (late.Status, late.Json.Text("code")));
        Assert.True((await AcquireAsync("b")).Json.GetProperty("token").GetInt64() > token);
        Assert.Equal(403, (await WriteAsync(token)).Status);
    }

    [Fact]
    public async Task A_deleted_entity_is_nobodys_and_its_next_token_is_larger_all_the_same()
    {
        var token = (await AcquireAsync("a")).Json.GetProperty("token").GetInt64();
        await server.DeleteAsync(RawRequest.EntityPath(_id));

        Assert.Equal(403, (await WriteAsync(token)).Status);
        Assert.True((await AcquireAsync("b")).Json.GetProperty("token").GetInt64() > token);
    }

    private Task<RawAnswer> AcquireAsync(string owner, int ttl = 600) => PostAsync(null, $"\"owner\":\"{owner}\",\"ttl\":{ttl}");

    private Task<RawAnswer> PostAsync(string? way, string members) => server.PostAsync(
        way is null ? "/api/claims" : $"/api/claims/{way}", $"{{\"entity_id\":\"{_id}\",{members}}}", "Content-Type: application/json");

    private Task<RawAnswer> WriteAsync(long token) =>
        server.PostAsync("/api/events", Good.With(payload: $"{{\"entity_id\":\"{_id}\",\"properties\":{{\"n\":1}}}}", more: $",\"claim_token\":{token}"));
}
