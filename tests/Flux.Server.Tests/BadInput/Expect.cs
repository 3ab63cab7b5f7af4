using System.Text.Json;

namespace Flux.Server.Tests.BadInput;

/// <summary>The usual kinds of variants.</summary>
internal static class Expect
{
    /// <summary>The request is well-framed and refused; the connection serves the next one.</summary>
    public static Variant Refused(string name, byte[] request, int status, string code) => Refused(name, () => request, [(status, code)]);

    public static Variant Refused(string name, byte[] request, (int Status, string? Code)[] allowed) => Refused(name, () => request, allowed);

    public static Variant Refused(string name, Func<byte[]> request, (int Status, string? Code)[] allowed) => new(name, async run =>
    {
        var bytes = request();
        await using var http = await run.ConnectAsync();
        var answer = await http.ExchangeAsync(bytes);
        RowRun.CheckRefusal(answer, allowed);
        var next = await http.TryExchangeAsync(RawRequest.HealthCheck);
        Assert.True(next?.Status == 200, $"after {answer} the connection did not serve the next request: {next?.ToString() ?? "closed"}");
    })
    { LeavesNothing = true };

    /// <summary>As <see cref="Refused(string, byte[], int, string)"/>, on the server that asks for tokens.</summary>
    public static Variant RefusedWithTokens(string name, Func<RowRun, byte[]> request, (int Status, string? Code)[] allowed) => new(name, async run =>
    {
        await using var http = await run.ConnectAsync();
        var answer = await http.ExchangeAsync(request(run));
        RowRun.CheckRefusal(answer, allowed);
        Assert.True(answer.Status != 401 || answer.Header("WWW-Authenticate") == "Bearer", $"a 401 that does not ask for a bearer token: {answer}");
        var next = await http.TryExchangeAsync(RawRequest.HealthCheck);
        Assert.True(next?.Status == 200, $"after {answer} the connection did not serve the next request: {next?.ToString() ?? "closed"}");
    })
    { LeavesNothing = true, NeedsTokens = true };

    /// <summary>Anything else, on the server that asks for tokens.</summary>
    public static Variant WithTokens(string name, Func<RowRun, Task> check) => new(name, check) { NeedsTokens = true };

    /// <summary>The framing is in doubt, or the body was not read: the connection is closed, after an answer or without one.</summary>
    public static Variant Cut(string name, byte[] request, (int Status, string? Code)[] allowed, bool orSilently = false) =>
        Cut(name, () => request, allowed, orSilently);

    public static Variant Cut(string name, Func<byte[]> request, (int Status, string? Code)[] allowed, bool orSilently = false) => new(name, async run =>
    {
        await using var http = await run.ConnectAsync();
        var answer = await http.TryExchangeAsync(request());
        if (answer is null)
        {
            Assert.True(orSilently, "the connection was closed without an answer");
            return;
        }

        RowRun.CheckRefusal(answer, allowed);

        // Kestrel goes on reading a body it has refused for some 5 s before it closes: the promise to close will do then.
        if (answer.Status != 413 || answer.Header("Connection") != "close")
        {
            await http.ReadToCloseAsync();
        }
    })
    { LeavesNothing = true };

    /// <summary>Refused, and the connection may be closed or not: for bodies that are too large, and what the HTTP server refuses itself.</summary>
    public static Variant RefusedOrCut(string name, Func<byte[]> request, (int Status, string? Code)[] allowed) => new(name, async run =>
    {
        await using var http = await run.ConnectAsync();
        var answer = await http.ExchangeAsync(request());
        RowRun.CheckRefusal(answer, allowed);
        if (await http.TryExchangeAsync(RawRequest.HealthCheck) is { } next)
        {
            Assert.True(next.Status == 200, $"after {answer} the connection answered {next}");
        }
    })
    { LeavesNothing = true };

    /// <summary>A faulty event: refused when published alone, and in a batch either with its own row or with the whole batch.</summary>
    public static IEnumerable<Variant> RefusedEvent(string name, byte[] json, int status, string code)
    {
        yield return Refused(name, RawRequest.Publish(json), status, code);
        yield return RefusedInBatch($"{name}, in a batch", json, code);
    }

    public static IEnumerable<Variant> RefusedEvent(string name, string json, int status, string code) =>
        RefusedEvent(name, RawRequest.Bytes(json), status, code);

    /// <summary>A faulty item is refused by its own row or with the whole batch, in both cases with its code.</summary>
    public static Variant RefusedInBatch(string name, byte[] item, string code) => new(name, async run =>
    {
        var answer = await run.SendAsync(RawRequest.Batch(RawRequest.Bytes("{\"events\":[", item, "]}")));
        if (answer.Status != 200)
        {
            RowRun.CheckRefusal(answer, [(400, code)]);
            return;
        }

        var body = answer.Json;
        Assert.Equal(0, body.GetProperty("successful").GetInt32());
        foreach (var row in body.GetProperty("results").EnumerateArray())
        {
            Assert.True(row.GetProperty("error").ValueKind == JsonValueKind.String, $"a refused row without a text: {answer}");
            Assert.True(row.GetProperty("code").GetString() == code, $"a refused row without the code {code}: {answer}");
        }
    })
    { LeavesNothing = true };

    /// <summary>The event is accepted; what became of it is checked next.</summary>
    public static Variant Accepted(string name, string json, Func<RowRun, RawAnswer, Task>? check = null) => Accepted(name, _ => json, check);

    public static Variant Accepted(string name, Func<RowRun, string> json, Func<RowRun, RawAnswer, Task>? check = null) => new(name, async run =>
    {
        var answer = await run.PublishAsync(json(run));
        if (check is not null)
        {
            await check(run, answer);
        }
    });

    /// <summary>One property is accepted; the same text comes back in the read and in the push.</summary>
    public static Variant KeepsValue(string name, string value) => KeepsProperty(name, "\"v\"", value);

    /// <summary>One property of that name (as JSON) is accepted and comes back under the same name with the same text.</summary>
    public static Variant KeepsProperty(string name, string propertyName, string value) => new(name, async run =>
    {
        var id = run.NewId();
        await run.PublishAsync(Good.Event(id, $"{{{propertyName}:{value}}}"));
        var plainName = JsonSerializer.Deserialize<string>(propertyName)!;
        var push = await run.NextPushAsync(id);
        Assert.Equal("state_update", push.GetProperty("type").GetString());
        Assert.Equal(plainName, push.GetProperty("property").GetString());
        AssertSame(value, push.GetProperty("value"), "the push");
        var properties = (await run.ReadAsync(id)).GetProperty("properties");
        var property = Assert.Single(properties.EnumerateObject());
        Assert.Equal(plainName, property.Name);
        AssertSame(value, property.Value, "the read");
    });

    /// <summary>The id is accepted as it is, and told apart from every other.</summary>
    public static Variant KeepsId(string name, string id) => new(name, async run =>
    {
        var mark = run.NewMark();
        var before = id == Good.Id ? null : await run.TryReadAsync(Good.Id);
        await run.PublishAsync(Good.Event(id, $$"""{"mark":"{{mark}}"}"""));

        var push = await run.NextPushAsync(id);
        Assert.Equal(mark, push.GetProperty("value").GetString());
        var history = await run.SendAsync(RawRequest.Get($"/api/events?entity={Uri.EscapeDataString(id)}&limit=1"));
        Assert.True(history.Status == 200 || id.Length == 0, $"history of '{id}': {history}");
        if (id.Length > 0)
        {
            Assert.Equal(id, history.Json[0].GetProperty("payload").GetProperty("entity_id").GetString());
            var read = await run.ReadAsync(id);
            Assert.Equal(id, read.GetProperty("id").GetString());
            Assert.Equal(mark, read.GetProperty("properties").GetProperty("mark").GetString());
        }

        var list = await run.SendAsync(RawRequest.Get($"/api/state/entities?prefix={Uri.EscapeDataString(id)}"));
        var listed = list.Json.EnumerateArray().Single(e => e.GetProperty("id").GetString() == id);
        Assert.Equal(mark, listed.GetProperty("properties").GetProperty("mark").GetString());
        if (id != Good.Id)
        {
            Assert.Equal(before?.GetRawText(), (await run.TryReadAsync(Good.Id))?.GetRawText());
        }

        // Removed again, so that a list of everything stays small and names such as '*' are free for other rows.
        var removal = await run.SendAsync(RawRequest.DeleteMany($$"""{"entity_ids":[{{JsonSerializer.Serialize(id)}}]}"""));
        Assert.True(removal.Status == 200, $"batch delete of '{id}': {removal}");
        run.Accepted++;
    })
    { NeedsOpenServer = !IsOfAcme(id) };

    public static Variant Check(string name, Func<RowRun, Task> run) => new(name, run);

    /// <summary>Anything else, on the server that asks for no tokens: it writes what nobody could own.</summary>
    public static Variant CheckOpen(string name, Func<RowRun, Task> run) => new(name, run) { NeedsOpenServer = true };

    /// <summary>Anything else, on a server of several nodes, with tokens.</summary>
    public static Variant AcrossNodes(string name, Func<RowRun, Task> check) => WithTokens(name, check) with { NeedsNodes = true };

    private static bool IsOfAcme(string id) => id.StartsWith("acme/", StringComparison.Ordinal) && !id.Split('/').Contains("");

    /// <summary>The value's text may be spelled in another way, as long as it is the same JSON text to a reader.</summary>
    private static void AssertSame(string sent, JsonElement got, string where)
    {
        if (got.ValueKind == JsonValueKind.String)
        {
            Assert.Equal(JsonSerializer.Deserialize<string>(sent), got.GetString());
            return;
        }

        Assert.True(sent == got.GetRawText(), $"{where} shows {Shorten(got.GetRawText())} instead of {Shorten(sent)}");
    }

    private static string Shorten(string text) => text.Length > 200 ? $"{text[..200]}… ({text.Length})" : text;
}
