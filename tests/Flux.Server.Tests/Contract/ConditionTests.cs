using Flux.Server.Tests.BadInput;

namespace Flux.Server.Tests.Contract;

/// <summary>Events that are recorded only when something holds: docs/claims.md.</summary>
public sealed class ConditionTests(ServerFixture server)
{
    private readonly string _id = Wire.NewId();

    [Fact]
    public async Task An_expected_version_of_0_means_that_the_entity_does_not_exist()
    {
        Assert.Equal(200, (await PublishAsync("{\"n\":1}", ",\"if_version\":0")).Status);
        Wire.AssertRefused(await PublishAsync("{\"n\":2}", ",\"if_version\":0"), 409, "version 1");
        Assert.Equal(200, (await server.DeleteAsync(RawRequest.EntityPath(_id))).Status);

        var gone = await PublishAsync("{\"n\":3}", ",\"if_version\":1");
        Assert.Equal((409, "version_conflict", 2L), (gone.Status, gone.Json.Text("code"), gone.Json.GetProperty("version").GetInt64()));
        Assert.Equal(System.Text.Json.JsonValueKind.Null, gone.Json.GetProperty("current").ValueKind);
        var again = await PublishAsync("{\"n\":4}", ",\"if_version\":0");
        Assert.Equal(3, again.Json.GetProperty("version").GetInt64());
    }

    [Fact]
    public async Task Of_writers_that_expect_the_same_version_one_is_taken()
    {
        await PublishAsync("{\"n\":0}", "");

        for (var version = 1; version <= 5; version++)
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => PublishAsync($"{{\"n\":{i}}}", $",\"if_version\":{version}")));

            var taken = Assert.Single(answers, answer => answer.Status == 200);
            Assert.Equal(version + 1, taken.Json.GetProperty("version").GetInt64());
            Assert.All(answers.Where(answer => answer.Status != 200), answer => Assert.Equal((409, "version_conflict"), (answer.Status, answer.Json.Text("code"))));
        }
    }

    [Fact]
    public async Task A_read_gives_the_version_as_a_tag_that_a_write_may_match()
    {
        await PublishAsync("{\"n\":1}", "");
        var tag = (await server.GetAsync(RawRequest.EntityPath(_id))).Header("ETag");

        Assert.Equal("\"1\"", tag);
        Assert.Equal(200, (await server.PostAsync("/api/events", Good.Event(_id, "{\"n\":2}"), $"If-Match: {tag}")).Status);
        Assert.Equal(409, (await server.PostAsync("/api/events", Good.Event(_id, "{\"n\":3}"), $"If-Match: {tag}")).Status);
        Assert.Equal(409, (await server.DeleteAsync(RawRequest.EntityPath(_id), $"If-Match: {tag}")).Status);
        Assert.Equal(200, (await server.DeleteAsync(RawRequest.EntityPath(_id), "If-Match: \"2\"")).Status);
    }

    [Theory]
    [InlineData("properties.state == 'open'", 200)]
    [InlineData("properties.state == 'closed'", 409)]
    [InlineData("properties.missing == 1", 409)]
    [InlineData("!has(properties.missing)", 200)]
    [InlineData("properties.n < 10 && entity.startsWith('t-')", 200)]
    [InlineData("properties.n > 10", 409)]
    public async Task A_condition_is_judged_on_the_entity_before_the_event(string condition, int status)
    {
        await PublishAsync("{\"state\":\"open\",\"n\":5}", "");

        var answer = await PublishAsync("{\"state\":\"taken\"}", $",\"condition\":\"{condition.Replace("entity.startsWith('t-')", $"entity == '{_id}'", StringComparison.Ordinal)}\"");

        Assert.True(answer.Status == status, $"{answer}");
        if (status == 409)
        {
            Assert.Equal("condition_failed", answer.Json.Text("code"));
            Assert.Equal("open", answer.Json.GetProperty("current").GetProperty("properties").Text("state"));
        }

        Assert.Equal(status == 200 ? "taken" : "open", (await server.GetAsync(RawRequest.EntityPath(_id))).Json.GetProperty("properties").Text("state"));
    }

    [Fact]
    public async Task A_condition_that_takes_too_long_is_given_up()
    {
        await PublishAsync($"{{\"list\":[{string.Join(',', Enumerable.Range(0, 300))}]}}", "");

        var answer = await PublishAsync("{\"n\":1}", ",\"condition\":\"properties.list.all(a, properties.list.all(b, properties.list.all(c, a + b + c >= 0)))\"");

        Assert.Equal((400, "expression_too_costly"), (answer.Status, answer.Json.Text("code")));
    }

    private Task<RawAnswer> PublishAsync(string properties, string more) =>
        server.PostAsync("/api/events", Good.With(payload: $"{{\"entity_id\":\"{_id}\",\"properties\":{properties}}}", more: more));
}
