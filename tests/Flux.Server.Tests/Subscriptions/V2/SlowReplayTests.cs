using System.Text;
using Flux.Server.Tests.Contract;

namespace Flux.Server.Tests.Subscriptions.V2;

/// <summary>Clients that ask for the past and do not read it for a while.</summary>
public sealed class SlowReplayTests
{
    // More than what the two kernels and the outbox keep for a socket.
    private const int Writes = 1000;

    private static readonly string Padding = new('x', 16_000);

    [Fact]
    public async Task A_client_that_does_not_read_holds_up_nobody_else_and_misses_nothing()
    {
        await using var server = await HostedSubscriptions.StartAsync();
        for (var i = 0; i < Writes; i++)
        {
            server.Write($"a/{i % 5}", $"{{\"n\":{i},\"p\":\"{Padding}\"}}");
        }

        await using var http = await RawHttp.ConnectAsync(server.Port, receiveBuffer: 4096);
        Assert.Equal(101, (await http.ExchangeAsync(RawWebSocket.Handshake("/api/ws", NewerSocket.Offer))).Status);
        await http.SendAsync(RawWebSocket.Frame(
            RawWebSocket.Text, Encoding.UTF8.GetBytes("""{"type":"replay","sub":"slow","entity":"*","from":"start","to":"live","speed":"max"}""")));
        await http.WaitForBytesAsync(); // the first say that it has begun

        await using var other = await NewerSocket.OpenAsync(server.Port);
        await other.SubscribeAsync("live", "\"entity\":\"*\"");
        for (var i = 0; i < 10; i++)
        {
            var written = server.Write("a/last", $"{{\"n\":{i}}}").Position.Value;
            Assert.Equal(written, (await other.NextAsync()).GetProperty("position").GetInt64());
        }

        await other.SendAsync("""{"type":"replay","entity":"*","from":"start","speed":"max"}""");
        Assert.Equal(Writes + 10 + 2, (await other.ThroughAsync(frame => frame.Text("type") == "replayed")).Count);

        await using var slow = new NewerSocket(RawWebSocket.Start(http));
        var frames = await slow.ThroughAsync(frame => frame.Text("type") == "caught_up");
        Assert.Equal(
            Enumerable.Range(1, Writes + 10),
            frames.Where(frame => frame.Text("type") == "change").Select(frame => frame.GetProperty("position").GetInt32()));
    }
}
