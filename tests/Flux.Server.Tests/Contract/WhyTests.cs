using System.Text.Json;
using Flux.Server.Tests.BadInput;

namespace Flux.Server.Tests.Contract;

/// <summary>Causes and effects: docs/time.md.</summary>
public sealed class WhyTests(ServerFixture server)
{
    private readonly string _ns = $"why-{Guid.NewGuid():N}"[..20];

    [Fact]
    public async Task From_any_event_the_way_leads_back_to_the_first_cause_and_forward_to_all_effects()
    {
        var root = await PublishAsync("\"root\"", null);
        var left = await PublishAsync("\"left\"", "\"root\"");
        var right = await PublishAsync(null, $"{root}");
        var deep = await PublishAsync("\"deep\"", "\"left\"");
        await PublishAsync("\"other\"", null);

        var middle = (await server.GetAsync($"/api/why?event=left&namespace={_ns}")).Json;
        var first = (await server.GetAsync($"/api/why?position={root}")).Json;
        var last = (await server.GetAsync($"/api/why?position={deep}")).Json;

        Assert.Equal(left, At(middle.GetProperty("event")));
        Assert.Equal([root], All(middle, "causes"));
        Assert.Equal([deep], All(middle, "effects"));
        Assert.Equal([left, right, deep], All(first, "effects"));
        Assert.Equal([left, root], All(last, "causes"));
        Assert.Equal(left, last.GetProperty("event").GetProperty("cause").GetInt64());
        Assert.Equal([left, right], All((await server.GetAsync($"/api/why?position={root}&limit=2")).Json, "effects"));
        Assert.True((await server.GetAsync($"/api/why?position={root}&limit=2")).Json.GetProperty("moreEffects").GetBoolean());
    }

    [Fact]
    public async Task A_cause_may_have_an_id_that_Flux_made_and_stand_earlier_in_the_same_batch()
    {
        var made = (await server.PublishAsync(Good.Event($"{_ns}/a", "{\"n\":1}"))).Text("eventId")!;
        string[] items =
        [
            Event("\"b1\"", $"\"{made}\""),
            Event("\"b2\"", "\"b1\""),
            Event("\"b3\"", "\"nobody\""),
            Event("\"b4\"", "\"b2\""),
        ];

        var answer = await server.PostAsync("/api/events/batch", $"[{string.Join(',', items)}]");

        var rows = answer.Json.GetProperty("results").EnumerateArray().ToArray();
        Assert.Equal(["b1", "b2", "b4"], rows.Where(row => row.GetProperty("error").ValueKind == JsonValueKind.Null).Select(row => row.Text("eventId")));
        Assert.Contains("nobody", rows[2].Text("error"), StringComparison.Ordinal);
        var why = (await server.GetAsync($"/api/why?event=b4&namespace={_ns}")).Json;
        Assert.Equal(["b2", "b1", made], why.GetProperty("causes").EnumerateArray().Select(cause => cause.Text("eventId")));
    }

    [Fact]
    public async Task Of_the_causes_of_a_batch_that_are_not_there_ten_are_looked_for()
    {
        var items = Enumerable.Range(0, 15).Select(i => Event($"\"m{i}\"", $"\"{Guid.CreateVersion7()}\""));

        var answer = await server.PostAsync("/api/events/batch", $"[{string.Join(',', items)}]");

        var errors = answer.Json.GetProperty("results").EnumerateArray().Select(row => row.Text("error")!).ToList();
        Assert.All(errors, error => Assert.Contains("caused_by", error, StringComparison.Ordinal));
        Assert.Equal(5, errors.Count(error => error.Contains("was not looked for", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_cause_in_another_namespace_is_none()
    {
        var root = await PublishAsync("\"elsewhere\"", null);
        var other = $"{_ns}-2/a";

        foreach (var cause in (string[])["\"elsewhere\"", $"{root}"])
        {
            Wire.AssertRefused(
                await server.PostAsync("/api/events", Good.With(payload: $"{{\"entity_id\":\"{other}\",\"properties\":{{}}}}", more: $",\"caused_by\":{cause}")),
                400, "caused_by");
        }
    }

    [Theory]
    [InlineData("", 400)]
    [InlineData("?event=", 400)]
    [InlineData("?position=-1", 400)]
    [InlineData("?position=1.5", 400)]
    [InlineData("?position=1&event=a", 400)]
    [InlineData("?position=1&limit=x", 400)]
    [InlineData("?position=99999999999999999999", 400)]
    [InlineData("?position=9223372036854775807", 404)]
    [InlineData("?position=0", 404)]
    [InlineData("?event=nobody", 404)]
    [InlineData("?event=%00", 404)]
    [InlineData("?event=nobody&namespace=%00", 404)]
    public async Task What_cannot_be_asked_is_said(string query, int status) =>
        Wire.AssertRefused(await server.GetAsync($"/api/why{query}"), status);

    private static long At(JsonElement shown) => shown.GetProperty("position").GetInt64();

    private static long[] All(JsonElement answer, string member) => [.. answer.GetProperty(member).EnumerateArray().Select(At)];

    private string Event(string? id, string? cause) => Good.With(
        payload: $"{{\"entity_id\":\"{_ns}/a\",\"properties\":{{\"n\":1}}}}",
        more: (id is null ? "" : $",\"eventId\":{id}") + (cause is null ? "" : $",\"caused_by\":{cause}"));

    private async Task<long> PublishAsync(string? id, string? cause) => At(await server.PublishAsync(Event(id, cause)));
}
