using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flux.Client.Tests.JavaScript;
using Flux.Testing.Processes;

namespace Flux.Client.Tests;

/// <summary>Both clients against the server itself, which is killed and frozen.</summary>
public sealed class RealServerTests : IAsyncLifetime
{
    private const int Events = 60;

    // Three seconds are the promise, and half a one more is for a machine that has other things to do.
    private static readonly TimeSpan Promise = TimeSpan.FromSeconds(3.5);

    private readonly TemporaryDirectory _data = new();
    private readonly HttpClient _http = new();
    private FluxProcess _server = null!;

    public async ValueTask InitializeAsync() => _server = await StartAsync(FreePort.Next());

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _http.Dispose();
        _data.Dispose();
    }

    [Fact]
    public async Task Nothing_is_missing_or_repeated_for_the_dotnet_client_when_the_server_is_killed()
    {
        await using var client = new FluxClient(new FluxClientOptions { Addresses = [_server.Address] });
        await using var subscription = client.Subscribe(new SubscriptionRequest { Entities = ["*"], From = SubscriptionStart.AfterPosition(0) });
        await using var items = subscription.GetAsyncEnumerator(TestContext.Current.CancellationToken);

        await PublishAcrossAKillAsync(async () => await ReadUntilAsync(Events / 2));

        await ReadUntilAsync(Events);

        async Task ReadUntilAsync(int number)
        {
            for (var expected = number - (Events / 2) + 1; expected <= number;)
            {
                Assert.True(await items.MoveNextAsync().AsTask().InTime("an item"));
                if (items.Current is SubscriptionItem.Change change)
                {
                    Assert.Equal((expected, expected), (change.Position, change.Properties.GetProperty("n").GetInt64()));
                    expected++;
                }
            }
        }
    }

    [Fact]
    public async Task Nothing_is_missing_or_repeated_for_the_JavaScript_client_when_the_server_is_killed()
    {
        await using var client = await NodeClient.StartAsync(
            new JsonObject { ["addresses"] = new JsonArray(_server.Address.ToString()) }, new JsonObject { ["entity"] = "*", ["from"] = 0 });

        await PublishAcrossAKillAsync(async () => await ReadUntilAsync(Events / 2));

        await ReadUntilAsync(Events);

        async Task ReadUntilAsync(int number)
        {
            for (var expected = number - (Events / 2) + 1; expected <= number;)
            {
                var item = (await client.NextLineAsync("an item")).GetProperty("item");
                if (item.GetProperty("type").GetString() is "change")
                {
                    Assert.Equal(
                        (expected, expected), (item.GetProperty("position").GetInt32(), item.GetProperty("properties").GetProperty("n").GetInt32()));
                    expected++;
                }
            }
        }
    }

    [Fact]
    public async Task A_server_that_is_frozen_is_reported_by_the_dotnet_client_within_three_seconds_and_resumed_when_it_thaws()
    {
        await using var client = new FluxClient(new FluxClientOptions { Addresses = [_server.Address], ConnectLimit = TimeSpan.FromSeconds(1) });
        var changes = new ConnectionChanges(client);
        await using var items = new ItemReader(client.Subscribe(new SubscriptionRequest { Entities = ["*"] }));
        await items.NextAsync<SubscriptionItem.Subscribed>();
        await changes.NextAsync<ConnectionChange.Connected>();
        for (var second = 0; second < 5; second++)
        {
            await items.NextAsync<SubscriptionItem.Progress>();
        }

        var frozen = Stopwatch.GetTimestamp();
        UnixSignal.Send(_server.Id, UnixSignal.Stop);
        var lost = await changes.NextAsync<ConnectionChange.FeedLost>();
        var noticed = Stopwatch.GetElapsedTime(frozen);
        await changes.NextAsync<ConnectionChange.Unreachable>();
        UnixSignal.Send(_server.Id, UnixSignal.Continue);

        Assert.InRange(lost.Silence.TotalSeconds, 2.7, 3.0);
        Assert.True(noticed <= Promise, $"it took {noticed}");
        await PublishAsync(1);
        while (await items.NextAnyAsync() is not SubscriptionItem.Change)
        {
        }
    }

    [Fact]
    public async Task A_server_that_is_frozen_is_reported_by_the_JavaScript_client_within_three_seconds_and_resumed_when_it_thaws()
    {
        await using var client = await NodeClient.StartAsync(
            new JsonObject { ["addresses"] = new JsonArray(_server.Address.ToString()), ["connectLimit"] = 1000 }, new JsonObject { ["entity"] = "*" });
        await client.NextAsync("subscribed");
        await client.NextEventAsync("connected");
        for (var second = 0; second < 5; second++)
        {
            await client.NextAsync("progress");
        }

        var frozen = Stopwatch.GetTimestamp();
        UnixSignal.Send(_server.Id, UnixSignal.Stop);
        var lost = await client.NextEventAsync("feedlost");
        var noticed = Stopwatch.GetElapsedTime(frozen);
        await client.NextEventAsync("unreachable");
        UnixSignal.Send(_server.Id, UnixSignal.Continue);

        Assert.InRange(lost.GetProperty("silence").GetDouble(), 2700, 3000);
        Assert.True(noticed <= Promise, $"it took {noticed}");
        await PublishAsync(1);
        while ((await client.NextLineAsync("an item")).GetProperty("item").GetProperty("type").GetString() is not "change")
        {
        }
    }

    [Fact]
    public async Task The_past_comes_again_to_the_dotnet_client_goes_back_when_it_is_told_and_becomes_the_present()
    {
        for (var n = 1; n <= Events; n++)
        {
            await PublishAsync(n);
        }

        await using var client = new FluxClient(new FluxClientOptions { Addresses = [_server.Address] });
        await using var replay = client.Replay(new ReplayRequest { Entities = ["home/*"], GoesLive = true, Speed = 0.001 });
        await using var items = new ItemReader(replay);
        Assert.Equal("replay", (await items.NextAsync<SubscriptionItem.Replaying>()).Answer);
        Assert.Equal(1, (await NextChangeAsync()).Position);

        replay.Pause();
        replay.Seek(ReplayPlace.AfterPosition(Events - 2));
        replay.ChangeSpeed(null);
        foreach (var answer in (string[])["pause", "seek", "speed"])
        {
            Assert.Equal(answer, (await NextAnswerAsync()).Answer);
        }

        replay.Seek(ReplayPlace.AfterPosition(Events * 1000));
        while (await items.NextAnyAsync() is not SubscriptionItem.Refused { Code: "cursor_unknown" })
        {
        }

        replay.Resume();
        Assert.Equal(Events - 1, (await NextChangeAsync()).Position);
        var last = await NextChangeAsync();
        Assert.True(last is { Position: Events, IsReplayed: true });
        Assert.Equal(Events, (await items.NextAsync<SubscriptionItem.Replayed>()).Position);
        await PublishAsync(Events + 1);
        Assert.True(await NextChangeAsync() is { Position: Events + 1, IsReplayed: false });

        async Task<SubscriptionItem.Change> NextChangeAsync()
        {
            while (true)
            {
                if (await items.NextAnyAsync() is SubscriptionItem.Change change)
                {
                    return change;
                }
            }
        }

        async Task<SubscriptionItem.Replaying> NextAnswerAsync()
        {
            while (true)
            {
                if (await items.NextAnyAsync() is SubscriptionItem.Replaying answer)
                {
                    return answer;
                }
            }
        }
    }

    [Fact]
    public async Task The_past_comes_again_to_the_JavaScript_client_goes_back_when_it_is_told_and_becomes_the_present()
    {
        for (var n = 1; n <= Events; n++)
        {
            await PublishAsync(n);
        }

        await using var client = await NodeClient.StartAsync(
            new JsonObject { ["addresses"] = new JsonArray(_server.Address.ToString()) },
            new JsonObject { ["entity"] = "home/*", ["to"] = "live", ["speed"] = 0.001 },
            isReplay: true);
        Assert.Equal(1, await NextPositionAsync("change"));

        await client.TakeAsync($$"""{"pause":[],"seek":[{{Events - 2}}],"setSpeed":["max"]}""");
        await NextPositionAsync("replaying");
        await NextPositionAsync("replaying");
        Assert.Equal(Events - 2, await NextPositionAsync("replaying"));
        await client.TakeAsync($$"""{"seek":[{{Events * 1000}}]}""");
        await NextPositionAsync("cursor_unknown");
        await client.TakeAsync("""{"resume":[]}""");
        Assert.Equal(Events - 1, await NextPositionAsync("change"));
        Assert.Equal(Events, await NextPositionAsync("change"));
        Assert.Equal(Events, await NextPositionAsync("replayed"));
        await PublishAsync(Events + 1);
        Assert.Equal(Events + 1, await NextPositionAsync("change"));

        async Task<int> NextPositionAsync(string type)
        {
            while (true)
            {
                var item = (await client.NextLineAsync($"an item \"{type}\"")).GetProperty("item");
                if (item.GetProperty("type").GetString() == type)
                {
                    return item.GetProperty("position").GetInt32();
                }
            }
        }
    }

    private async Task PublishAcrossAKillAsync(Func<Task> readHalf)
    {
        for (var n = 1; n <= Events / 2; n++)
        {
            await PublishAsync(n);
        }

        await readHalf();
        UnixSignal.Send(_server.Id, UnixSignal.Kill);
        await _server.WaitForExitAsync(TestContext.Current.CancellationToken);
        await _server.DisposeAsync();
        _server = await StartAsync(_server.Port);
        for (var n = (Events / 2) + 1; n <= Events; n++)
        {
            await PublishAsync(n);
        }
    }

    private Task<FluxProcess> StartAsync(int port) => FluxProcess.StartAsync(
        new FluxProcessOptions { DataDirectory = _data.Path, Port = port }, TimeProvider.System, TestContext.Current.CancellationToken);

    private async Task PublishAsync(int n)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"home/lamp-{n % 7}");
        using var answer = await _http.PostAsJsonAsync(
            new Uri(_server.Address, "api/events"),
            new { stream = "home", source = "test", payload = new { entity_id = id, properties = new { n } } },
            JsonSerializerOptions.Default,
            TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
    }
}
