using System.Text.Json;

namespace Flux.Server.Tests.Contract;

/// <summary>Wire contract, section 7.</summary>
public sealed class QueryTests(ServerFixture server)
{
    [Fact]
    public async Task The_list_is_a_bare_array_of_entities()
    {
        var id = Wire.NewId();
        await server.SetAsync(id, "{\"n\":1}");

        var list = await server.GetAsync($"{Wire.Entities}?prefix={id}");

        var entity = Assert.Single(list.Json.EnumerateArray());
        Assert.Empty(((string[])["id", "lastUpdated", "properties"]).Except(entity.Members()));
        Assert.Equal(id, entity.Text("id"));
        Assert.Equal("""{"n":1}""", entity.GetProperty("properties").GetRawText());
        Assert.EndsWith("+00:00", entity.Text("lastUpdated"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_read_shows_the_same_object_as_the_list()
    {
        var id = Wire.NewId();
        await server.SetAsync(id, "{\"n\":1}");

        var list = await server.GetAsync($"{Wire.Entities}?prefix={id}");
        var read = await server.ReadAsync(id);

        Assert.Equal(list.Json[0].Text("lastUpdated"), read.Text("lastUpdated"));
        Assert.Equal(list.Json[0].GetProperty("properties").GetRawText(), read.GetProperty("properties").GetRawText());
    }

    [Fact]
    public async Task Without_a_filter_everything_is_listed()
    {
        var id = Wire.NewId();
        await server.SetAsync(id, "{\"n\":1}");

        var all = await server.GetAsync(Wire.Entities);

        Assert.Equal(JsonValueKind.Array, all.Json.ValueKind);
        Assert.Contains(all.Json.EnumerateArray(), e => e.Text("id") == id);
        Assert.Contains(id, await server.ListAsync("prefix="));
    }

    [Fact]
    public async Task Nothing_found_is_an_empty_array()
    {
        Assert.Equal("[]", (await server.GetAsync($"{Wire.Entities}?prefix={Wire.NewId()}")).Text);
    }

    [Fact]
    public async Task A_namespace_is_the_text_before_the_first_slash()
    {
        var ns = Wire.NewNamespace();
        foreach (var id in (string[])[$"{ns}/a", $"{ns}/a/b", ns, $"{ns}x/a", $"x/{ns}/a"])
        {
            await server.SetAsync(id, "{\"n\":1}");
        }

        Assert.Equal([$"{ns}/a", $"{ns}/a/b"], await server.ListAsync($"namespace={ns}"));
    }

    [Fact]
    public async Task An_empty_namespace_is_that_of_ids_that_begin_with_a_slash()
    {
        var id = Wire.NewNamespace();
        await server.SetAsync($"/{id}", "{\"n\":1}");
        await server.SetAsync(id, "{\"n\":1}");

        var listed = await server.ListAsync("namespace=");

        Assert.Contains($"/{id}", listed);
        Assert.All(listed, found => Assert.StartsWith("/", found, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_prefix_is_plain_text_and_may_end_inside_a_segment()
    {
        var ns = Wire.NewNamespace();
        foreach (var id in (string[])[$"{ns}/sensor-1", $"{ns}/sensor-2", $"{ns}/sense", $"{ns}/Sensor-3"])
        {
            await server.SetAsync(id, "{\"n\":1}");
        }

        Assert.Equal([$"{ns}/sensor-1", $"{ns}/sensor-2"], await server.ListAsync($"prefix={ns}/sensor"));
        Assert.Equal([$"{ns}/sensor-1", $"{ns}/sensor-2"], await server.ListAsync($"prefix={ns}%2Fsensor"));
    }

    [Fact]
    public async Task Both_filters_must_match()
    {
        var ns = Wire.NewNamespace();
        foreach (var id in (string[])[$"{ns}/a", $"{ns}/b", $"{ns}-2/a"])
        {
            await server.SetAsync(id, "{\"n\":1}");
        }

        Assert.Equal([$"{ns}/a"], await server.ListAsync($"namespace={ns}&prefix={ns}/a"));
        Assert.Empty(await server.ListAsync($"namespace={ns}&prefix={ns}-2"));
    }

    [Fact]
    public async Task A_plus_in_a_query_value_is_a_blank()
    {
        var ns = Wire.NewNamespace();
        await server.SetAsync($"{ns}/a b", "{\"n\":1}");
        await server.SetAsync($"{ns}/a+b", "{\"n\":1}");

        Assert.Equal([$"{ns}/a b"], await server.ListAsync($"prefix={ns}/a+b"));
        Assert.Equal([$"{ns}/a+b"], await server.ListAsync($"prefix={ns}/a%2Bb"));
    }

    [Fact]
    public async Task An_unknown_entity_is_404()
    {
        var answer = await server.GetAsync(RawRequest.EntityPath(Wire.NewId()));

        Wire.AssertRefused(answer, 404);
        Assert.Equal("Entity not found", answer.Error);
    }

    [Fact]
    public async Task A_list_shows_all_that_was_acknowledged_before()
    {
        var ns = Wire.NewNamespace();
        for (var n = 1; n <= 20; n++)
        {
            await server.SetAsync($"{ns}/{n}", "{\"n\":1}");
            Assert.Equal(n, (await server.ListAsync($"namespace={ns}")).Count);
        }
    }
}
