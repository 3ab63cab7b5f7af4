using System.Text.Json;
using Flux.Testing.Subscriptions;

namespace Flux.Cluster.Tests.Scenarios.Subscriptions;

/// <summary>Takes cursors from one server and shows them to another.</summary>
internal static class Cursors
{
    private static readonly SubscriptionDescription About = new() { Name = "cursor", Scope = SubscriptionScope.Of("*") };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Gets the cursor of a server's head.</summary>
    public static async Task<string> OfHeadAsync(Uri server)
    {
        var first = await FirstFrameAsync(server, SubscriptionStart.Now);
        Assert.Equal("subscribed", first.GetProperty("type").GetString());
        return first.GetProperty("cursor").GetString()!;
    }

    /// <summary>Asserts that a server does not know a cursor and says so at once, with its own head.</summary>
    public static async Task AssertUnknownAsync(Uri server, string cursor, long head)
    {
        var first = await FirstFrameAsync(server, SubscriptionStart.After(cursor));
        Assert.True(first.GetProperty("type").GetString() == "cursor_unknown", $"a cursor of another log was answered with {first}");
        Assert.Equal((1, head), (first.GetProperty("first").GetInt64(), first.GetProperty("position").GetInt64()));
        Assert.NotEqual(cursor, first.GetProperty("cursor").GetString());
    }

    private static async Task<JsonElement> FirstFrameAsync(Uri server, SubscriptionStart start)
    {
        await using var feed = await SocketFeed.ConnectAsync(server, token: null, hasSmallBuffer: false, Cancellation);
        await feed.SubscribeAsync(About, start, Cancellation);
        var frame = await feed.ReadAsync(Cancellation) ?? throw new InvalidOperationException($"the socket ended with {feed.Ending}");
        return JsonElement.Parse(frame.Raw);
    }
}
