using System.Text.Json;
using Flux.Server.Tests.Contract;

namespace Flux.Server.Tests.Subscriptions.V2;

/// <summary>A socket that speaks flux.v2.</summary>
internal sealed class NewerSocket(RawWebSocket raw) : IAsyncDisposable
{
    public const string Offer = "Sec-WebSocket-Protocol: flux.v2";

    private long _pings;

    public RawWebSocket Raw => raw;

    public static async Task<NewerSocket> OpenAsync(int port, params string[] headers) =>
        new(await RawWebSocket.OpenAsync(port, "/api/ws", [Offer, .. headers]));

    public Task SendAsync(string json) => raw.SendTextAsync(json);

    /// <summary>The next frame, whichever it is.</summary>
    public Task<JsonElement> NextAsync(string awaited = "a frame") => raw.NextMessageAsync(awaited, withMetrics: true);

    /// <summary>The next frame, which must have this type and exactly these members besides it.</summary>
    public async Task<JsonElement> NextAsync(string type, params string[] members)
    {
        var frame = await NextAsync(type);
        Assert.True(frame.Text("type") == type, $"{type} was expected: {frame}");
        Assert.Equal([.. members.Append("type").Order(StringComparer.Ordinal)], frame.Members());
        return frame;
    }

    /// <summary>Sends a message and reads the next frame.</summary>
    public async Task<JsonElement> AskAsync(string json)
    {
        await SendAsync(json);
        return await NextAsync($"the answer to {(json.Length > 100 ? json[..100] : json)}");
    }

    /// <summary>Subscribes, and reads the frame that says so.</summary>
    /// <param name="sub">The name.</param>
    /// <param name="members">The other members, as JSON.</param>
    public async Task<JsonElement> SubscribeAsync(string sub, string members)
    {
        var answer = await AskAsync($$"""{"type":"subscribe","sub":{{JsonSerializer.Serialize(sub)}},{{members}}}""");
        Assert.True(answer.Text("type") == "subscribed" && answer.Text("sub") == sub, $"{sub} was to be subscribed: {answer}");
        return answer;
    }

    /// <summary>Sends a message that must be refused.</summary>
    public async Task<JsonElement> RefusedAsync(string json, string code)
    {
        var answer = await AskAsync(json);
        Assert.True(answer.Text("type") == "error" && answer.Text("code") == code, $"{code} was expected: {answer}");
        Assert.False(string.IsNullOrEmpty(answer.Text("error")));
        return answer;
    }

    /// <summary>Sends a ping, and gives what came before its answer.</summary>
    public async Task<List<JsonElement>> PingAsync()
    {
        var data = $"p{++_pings}";
        await SendAsync($$"""{"type":"ping","data":"{{data}}"}""");
        return await UntilAsync(frame => frame.Text("type") == "pong" && frame.Text("data") == data);
    }

    /// <summary>Gives what comes before the first frame that fits.</summary>
    public async Task<List<JsonElement>> UntilAsync(Func<JsonElement, bool> isLast)
    {
        var frames = await ThroughAsync(isLast);
        frames.RemoveAt(frames.Count - 1);
        return frames;
    }

    /// <summary>Gives what comes up to the first frame that fits, and that one.</summary>
    public async Task<List<JsonElement>> ThroughAsync(Func<JsonElement, bool> isLast)
    {
        var frames = new List<JsonElement>();
        do
        {
            frames.Add(await NextAsync("the last frame"));
        }
        while (!isLast(frames[^1]));
        return frames;
    }

    /// <summary>Gives what comes up to the frame that says that a subscription has everything up to a position.</summary>
    /// <param name="sub">It wants progress, and its snapshot is complete. What others on the same socket have got says nothing of it.</param>
    /// <param name="position">The position.</param>
    public Task<List<JsonElement>> ThroughProgressAsync(string sub, long position) =>
        ThroughAsync(frame => frame.Text("type") == "progress" && frame.Text("sub") == sub && frame.GetProperty("position").GetInt64() >= position);

    /// <summary>Gives what comes before the first change of an entity.</summary>
    public Task<List<JsonElement>> UntilChangeOfAsync(string id) =>
        UntilAsync(frame => frame.Text("type") == "change" && frame.Text("entity_id") == id);

    public ValueTask DisposeAsync() => raw.DisposeAsync();
}
