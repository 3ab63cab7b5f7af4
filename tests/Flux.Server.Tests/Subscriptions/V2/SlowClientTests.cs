using System.Globalization;
using System.Text.Json;
using Flux.Server.Tests.Contract;

namespace Flux.Server.Tests.Subscriptions.V2;

/// <summary>Clients that do not read for a while, over real sockets with a small receive buffer.</summary>
public sealed class SlowClientTests
{
    // More than what the two kernels keep for a socket and its outbox together.
    private const int Writes = 400;

    private static readonly string Padding = new('x', 40_000);

    [Theory]
    [InlineData("catch_up", "")]
    [InlineData("conflate", "")]
    [InlineData("catch_up", "properties.n > 5")]
    [InlineData("conflate", "properties.n > 5")]
    [InlineData("conflate", "'n' in changed")]
    public async Task A_client_that_reads_again_has_everything_or_a_receipt_for_it(string slow, string where)
    {
        await using var server = await HostedSubscriptions.StartAsync();
        await using var http = await StalledAsync(server, slow, where);
        Assert.Equal(0, server.EverLagged);
        await WriteUntilItLagsAsync(server);

        await using var socket = new NewerSocket(RawWebSocket.Start(http));
        var frames = await socket.ThroughAsync(frame => frame.Text("type") == "caught_up");

        // A subscription that is live again gets what comes next at once.
        var last = server.Write("a/last", "{\"n\":8,\"t\":1}").Position.Value;
        frames.AddRange(await socket.ThroughAsync(frame => frame.GetProperty("position").GetInt64() == last && frame.TryGetProperty("cursor", out var _)));

        var checker = new FrameChecker(server.Epoch, server.History.Events, id => id.StartsWith("a/", StringComparison.Ordinal),
            ModelPredicate.All.FirstOrDefault(predicate => predicate.Text == where.Replace('\'', '"')), frames);
        checker.Check();
        checker.CheckComplete(server.History.Events.Count);
        Assert.Equal(slow == "conflate", frames.Exists(frame => frame.Text("type") == "skipped" && frame.GetProperty("count").GetInt64() > 0));
    }

    [Fact]
    public async Task A_client_that_asked_for_it_is_disconnected_with_where_to_go_on()
    {
        await using var server = await HostedSubscriptions.StartAsync();
        await using var http = await StalledAsync(server, "disconnect", "");
        for (var i = 0; i < Writes; i++)
        {
            server.Write($"a/{i % 5}", Properties(i));
        }

        Assert.Equal(0, server.EverLagged);
        await using var socket = new NewerSocket(RawWebSocket.Start(http));
        Assert.Equal(4408, await socket.Raw.WaitForCloseAsync());
        var frames = new List<JsonElement>();
        var position = long.Parse(socket.Raw.CloseText!.Split(' ')[^1], CultureInfo.InvariantCulture);
        Assert.Equal($"too slow: resume s from {position}", socket.Raw.CloseText);
        while (frames.Count == 0 || frames[^1].GetProperty("position").GetInt64() < position)
        {
            frames.Add(await socket.NextAsync());
        }

        var checker = new FrameChecker(server.Epoch, server.History.Events, static _ => true, where: null, frames);
        checker.Check();
        checker.CheckComplete(position);
        Assert.True(position < Writes);
        await HostedSubscriptions.UntilAsync(() => server.Open == 0);

        // And there it goes on.
        await using var again = await NewerSocket.OpenAsync(server.Port);
        await again.SubscribeAsync("s", $"\"entity\":\"*\",\"from\":{frames[^1].GetProperty("cursor").GetRawText()}");
        var missed = await again.UntilAsync(frame => frame.Text("type") == "caught_up");
        Assert.Equal(Writes - position, missed.Count);
    }

    [Fact]
    public async Task Others_are_served_meanwhile_and_on_the_same_socket_nothing_is_lost()
    {
        await using var server = await HostedSubscriptions.StartAsync();
        await using var quick = await NewerSocket.OpenAsync(server.Port);
        await quick.SubscribeAsync("s", "\"entity\":\"a/*\"");
        await using var http = await StalledAsync(server, "catch_up", "");
        await http.SendAsync(Message("""{"type":"subscribe","sub":"more","entity":"a/1","slow":"conflate"}"""));
        await http.SendAsync(Message("""{"type":"subscribe","sub":"filtered","entity":"*","where":"properties.n > 5"}"""));
        await http.SendAsync(Message("""{"type":"ping","data":"ready"}"""));
        for (var i = 0; i < Writes; i++)
        {
            server.Write($"a/{i % 5}", Properties(i));
            Assert.Equal(i % 11, (await quick.NextAsync()).GetProperty("properties").GetProperty("n").GetInt32());
        }

        await using var socket = new NewerSocket(RawWebSocket.Start(http));
        var frames = new Dictionary<string, List<JsonElement>> { ["s"] = [], ["more"] = [], ["filtered"] = [] };
        while (frames.Values.Any(own => own.Count == 0 || own[^1].GetProperty("position").GetInt64() < Writes))
        {
            var frame = await socket.NextAsync();
            if (frame.TryGetProperty("sub", out var sub))
            {
                frames[sub.GetString()!].Add(frame);
            }

            if (server.History.Events.Count == Writes && frames["s"].Count > Writes)
            {
                server.Write("a/1", "{\"n\":6}"); // so that each of them has a last one
            }
        }

        foreach (var (name, own) in frames)
        {
            var checker = new FrameChecker(server.Epoch, server.History.Events, id => name != "more" || id == "a/1",
                name == "filtered" ? ModelPredicate.All[0] : null, own);
            checker.Check();
            checker.CheckComplete(Writes);
        }
    }

    [Fact]
    public async Task However_many_subscriptions_a_client_begins_what_waits_for_it_is_bounded_while_it_does_not_read()
    {
        const int many = 200;
        await using var server = await HostedSubscriptions.StartAsync();
        await using var http = await StalledAsync(server, "catch_up", "");
        await WriteUntilItLagsAsync(server);
        for (var i = 0; i < 5; i++)
        {
            server.Write("c", Properties(i)); // 200 KB that each of those who begin now has missed
        }

        var from = server.History.Events.Count - 5;
        for (var i = 0; i < many; i++)
        {
            await http.SendAsync(Message($$"""{"type":"subscribe","sub":"more {{i}}","entity":"c","from":{{from}}}"""));
        }

        await HostedSubscriptions.UntilAsync(() => server.EverLagged > many);
        await using (var quick = await NewerSocket.OpenAsync(server.Port))
        {
            await quick.SubscribeAsync("s", $"\"entity\":\"c\",\"from\":{from}");
            Assert.Equal(5, (await quick.UntilAsync(frame => frame.Text("type") == "caught_up")).Count);
        }

        // None of them has been given anything yet: they wait until the socket takes it.
        Assert.True(server.Lagging > many - 10, $"only {server.Lagging} wait");

        await using var socket = new NewerSocket(RawWebSocket.Start(http));
        var received = Enumerable.Range(0, many).ToDictionary(i => $"more {i}", static _ => new List<string?>());
        for (var done = 0; done < many;)
        {
            var frame = await socket.NextAsync();
            if (received.TryGetValue(frame.Text("sub")!, out var own))
            {
                own.Add(frame.Text("type"));
                done += frame.Text("type") == "caught_up" ? 1 : 0;
            }
        }

        Assert.All(received.Values, own => Assert.Equal(["subscribed", "change", "change", "change", "change", "change", "caught_up"], own));
    }

    [Fact]
    public async Task Answers_that_nobody_reads_end_the_socket_and_not_the_server()
    {
        await using var server = await HostedSubscriptions.StartAsync(options => options.OutboxBytes = 10_000);
        await using var http = await RawHttp.ConnectAsync(server.Port, receiveBuffer: 4096);
        Assert.Equal(101, (await http.ExchangeAsync(RawWebSocket.Handshake("/api/ws", NewerSocket.Offer))).Status);
        var data = new string('d', 64);
        var pings = Enumerable.Repeat(Message($$"""{"type":"ping","data":"{{data}}"}"""), 1000).SelectMany(bytes => bytes).ToArray();
        await HostedSubscriptions.UntilAsync(() => server.Open == 1);
        var sent = 0;
        while (server.Open == 1 && sent++ < 1000 && await http.TrySendAsync(pings).WaitAsync(ServerFixture.Guard))
        {
        }

        await HostedSubscriptions.UntilAsync(() => server.Open == 0);
    }

    private static byte[] Message(string text) => RawWebSocket.Frame(RawWebSocket.Text, System.Text.Encoding.UTF8.GetBytes(text));

    private static string Properties(int i) => $$"""{"n":{{i % 11}},"p":"{{i}}{{Padding}}"}""";

    private static async Task WriteUntilItLagsAsync(HostedSubscriptions server)
    {
        for (var i = 0; i < Writes || server.EverLagged == 0; i++)
        {
            Assert.True(i < 20 * Writes, "the socket takes everything");
            server.Write($"a/{i % 5}", Properties(i));
            server.Write("b/1", "{\"n\":1}");
            if (i % 17 == 0)
            {
                server.Write($"a/{i % 5}", """{"__deleted__":true}""");
            }

            if (server.EverLagged == 0 && i >= Writes)
            {
                await Task.Yield();
            }
        }
    }

    /// <summary>Opens a connection with one subscription, from which nothing is read.</summary>
    private static async Task<RawHttp> StalledAsync(HostedSubscriptions server, string slow, string where)
    {
        var http = await RawHttp.ConnectAsync(server.Port, receiveBuffer: 4096);
        Assert.Equal(101, (await http.ExchangeAsync(RawWebSocket.Handshake("/api/ws", NewerSocket.Offer))).Status);
        var predicate = where.Length == 0 ? "" : $",\"where\":{JsonSerializer.Serialize(where.Replace('\'', '"'))}";
        await http.SendAsync(Message($$"""{"type":"subscribe","sub":"s","entity":"a/*","slow":"{{slow}}"{{predicate}}}"""));

        // The first bytes say that it is subscribed.
        await http.WaitForBytesAsync();
        return http;
    }
}
