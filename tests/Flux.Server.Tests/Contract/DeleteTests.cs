using System.Text.Json;

namespace Flux.Server.Tests.Contract;

/// <summary>Wire contract, section 9.</summary>
public sealed class DeleteTests(ServerFixture server)
{
    private const string Many = $"{Wire.Entities}/delete";

    [Fact]
    public async Task A_delete_is_answered_with_the_id_and_the_event()
    {
        var id = Wire.NewId();
        await server.SetAsync(id, "{\"n\":1}");

        var answer = await server.DeleteAsync(RawRequest.EntityPath(id));

        Assert.Equal(200, answer.Status);
        Assert.Equal(id, answer.Json.Text("entity_id"));
        Assert.Equal(7, Guid.Parse(answer.Json.Text("eventId")!).Version);
        Assert.False(await server.ExistsAsync(id));
    }

    [Fact]
    public async Task An_unknown_id_is_the_same_200()
    {
        var id = Wire.NewId();

        var answer = await server.DeleteAsync(RawRequest.EntityPath(id));

        Assert.Equal(200, answer.Status);
        Assert.Equal(id, answer.Json.Text("entity_id"));
    }

    [Fact]
    public async Task A_deletion_is_an_event_in_the_log()
    {
        var id = Wire.NewId();
        await server.SetAsync(id, "{\"n\":1}");
        var answer = await server.DeleteAsync(RawRequest.EntityPath(id));

        var tombstone = (await server.HistoryAsync(id))[0];

        Assert.Equal(answer.Json.Text("eventId"), tombstone.Text("eventId"));
        Assert.Equal("flux.events.deletions", tombstone.Text("stream"));
        Assert.Equal("api", tombstone.Text("source"));
        Assert.Equal(id, tombstone.Text("key"));
        var payload = tombstone.GetProperty("payload");
        Assert.Equal(id, payload.Text("entity_id"));
        Assert.Equal(["__deleted__", "__deleted_at__"], payload.GetProperty("properties").Members());
        Assert.True(payload.GetProperty("properties").GetProperty("__deleted__").GetBoolean());
        var at = DateTimeOffset.FromUnixTimeMilliseconds(payload.GetProperty("properties").GetProperty("__deleted_at__").GetInt64());
        Assert.True((TimeProvider.System.GetUtcNow() - at).Duration() < TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task A_namespace_removes_what_starts_with_it_and_a_slash()
    {
        var ns = Wire.NewNamespace();
        foreach (var id in (string[])[$"{ns}/a", $"{ns}/b/c", $"{ns}-2/a", ns])
        {
            await server.SetAsync(id, "{\"n\":1}");
        }

        await AssertDeletedAsync($$"""{"namespace":"{{ns}}"}""", 2);

        Assert.Equal([ns, $"{ns}-2/a"], await server.ListAsync($"prefix={ns}"));
    }

    [Fact]
    public async Task Each_deletion_of_many_is_an_event_of_its_own()
    {
        var ns = Wire.NewNamespace();
        await server.SetAsync($"{ns}/a", "{\"n\":1}");
        await server.SetAsync($"{ns}/b", "{\"n\":1}");

        await AssertDeletedAsync($$"""{"namespace":"{{ns}}"}""", 2);

        foreach (var id in (string[])[$"{ns}/a", $"{ns}/b"])
        {
            var tombstone = (await server.HistoryAsync(id))[0];
            Assert.Equal(("flux.events.deletions", "api", id), (tombstone.Text("stream"), tombstone.Text("source"), tombstone.Text("key")));
        }
    }

    [Fact]
    public async Task A_prefix_removes_what_starts_with_it()
    {
        var ns = Wire.NewNamespace();
        foreach (var id in (string[])[$"{ns}/sensor-1", $"{ns}/sensor-2", $"{ns}/other"])
        {
            await server.SetAsync(id, "{\"n\":1}");
        }

        await AssertDeletedAsync($$"""{"prefix":"{{ns}}/sens"}""", 2);

        Assert.Equal([$"{ns}/other"], await server.ListAsync($"prefix={ns}"));
    }

    [Fact]
    public async Task Ids_that_are_unknown_or_repeated_count_as_deleted()
    {
        var id = Wire.NewId();
        await server.SetAsync(id, "{\"n\":1}");

        await AssertDeletedAsync($$"""{"entity_ids":["{{id}}","{{id}}","{{Wire.NewId()}}"]}""", 3);

        Assert.False(await server.ExistsAsync(id));
    }

    [Fact]
    public async Task Of_several_filters_the_namespace_counts_first_then_the_prefix()
    {
        var (a, b, c) = (Wire.NewNamespace(), Wire.NewNamespace(), Wire.NewNamespace());
        foreach (var ns in (string[])[a, b, c])
        {
            await server.SetAsync($"{ns}/e", "{\"n\":1}");
        }

        await AssertDeletedAsync($$"""{"entity_ids":["{{c}}/e"],"prefix":"{{b}}/","namespace":"{{a}}"}""", 1);
        Assert.False(await server.ExistsAsync($"{a}/e"));
        await AssertDeletedAsync($$"""{"entity_ids":["{{c}}/e"],"prefix":"{{b}}/"}""", 1);
        Assert.False(await server.ExistsAsync($"{b}/e"));
        Assert.True(await server.ExistsAsync($"{c}/e"));
    }

    [Theory]
    [InlineData("""{"namespace":"nobody-at-all"}""")]
    [InlineData("""{"prefix":"nobody-at-all"}""")]
    [InlineData("""{"entity_ids":[]}""")]
    public async Task No_match_is_200_with_none(string body)
    {
        await AssertDeletedAsync(body, 0);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"prefix":5}""")]
    [InlineData("""{"namespace":null}""")]
    [InlineData("""{"entity_ids":[1]}""")]
    public async Task No_usable_filter_is_400(string body)
    {
        Wire.AssertRefused(await server.PostAsync(Many, body), 400);
    }

    [Fact]
    public async Task An_empty_prefix_does_not_wipe_the_world()
    {
        var id = Wire.NewId();
        await server.SetAsync(id, "{\"n\":1}");

        Wire.AssertRefused(await server.PostAsync(Many, """{"prefix":""}"""), 400);

        Assert.True(await server.ExistsAsync(id));
    }

    [Theory]
    [InlineData("Content-Type")]
    [InlineData("Content-Type: text/plain")]
    public async Task The_body_must_be_called_json(string header)
    {
        Wire.AssertRefused(await server.PostAsync(Many, """{"entity_ids":[]}""", header), 415);
    }

    [Theory]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("application/merge-patch+json")]
    public async Task Every_json_type_will_do(string type)
    {
        Assert.Equal(200, (await server.PostAsync(Many, """{"entity_ids":[]}""", $"Content-Type: {type}")).Status);
    }

    [Fact]
    public async Task More_than_the_most_is_400_and_deletes_nothing()
    {
        var id = Wire.NewId();
        await server.SetAsync(id, "{\"n\":1}");
        var ids = string.Join(',', Enumerable.Repeat($"\"{id}\"", 10_001));

        var answer = await server.PostAsync(Many, $"{{\"entity_ids\":[{ids}]}}");

        Wire.AssertRefused(answer, 400, "Batch too large: 10001 entities requested, max is 10000");
        Assert.True(await server.ExistsAsync(id));
    }

    [Fact]
    public async Task As_many_as_the_most_are_deleted()
    {
        var id = Wire.NewId();

        await AssertDeletedAsync($$"""{"entity_ids":[{{string.Join(',', Enumerable.Repeat($"\"{id}\"", 10_000))}}]}""", 10_000);
    }

    private async Task AssertDeletedAsync(string body, int count)
    {
        var answer = await server.PostAsync(Many, body);
        Assert.Equal(200, answer.Status);
        Assert.Equal(count, answer.Json.GetProperty("deleted").GetInt32());
        Assert.Equal(0, answer.Json.GetProperty("failed").GetInt32());
        Assert.Equal("[]", answer.Json.GetProperty("errors").GetRawText());
        Assert.Equal(JsonValueKind.Array, answer.Json.GetProperty("errors").ValueKind);
    }
}
