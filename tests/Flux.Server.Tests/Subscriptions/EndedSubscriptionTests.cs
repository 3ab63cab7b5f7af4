using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Flux.Server.Tests.Subscriptions;

/// <summary>What holds when a subscription has ended by itself.</summary>
public sealed class EndedSubscriptionTests(ServerFixture server)
{
    private const string Entity = "ended-subscriptions/list";

    // A million combinations of a list of 100.
    private const string Subscribe =
        $$"""{"type":"subscribe","sub":"s","entity":"{{Entity}}","where":"properties.list.all(a, properties.list.all(b, properties.list.all(c, a + b + c >= 0)))"}""";

    [Fact]
    public async Task Its_name_is_free_as_soon_as_the_client_is_told()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(ServerFixture.Guard);
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{server.Port}") };
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("flux.v2");
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{server.Port}/api/ws"), limit.Token);

        // Many times, because the client has to ask in the moment between the frame and what the server does after it.
        for (var attempt = 0; attempt < 30; attempt++)
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes(Subscribe), WebSocketMessageType.Text, endOfMessage: true, limit.Token);
            var answer = await ReadAsync(socket, limit.Token);
            Assert.Equal("subscribed", answer.GetProperty("type").GetString());

            await PublishAsync(http, limit.Token);

            var end = await ReadAsync(socket, limit.Token);
            Assert.Equal("expression_too_costly", end.GetProperty("code").GetString());
            Assert.Equal("s", end.GetProperty("sub").GetString());
        }
    }

    private static async Task PublishAsync(HttpClient http, CancellationToken cancellationToken)
    {
        var change = new
        {
            stream = "test",
            source = "tests",
            payload = new { entity_id = Entity, properties = new { list = Enumerable.Range(0, 100) } },
        };
        using var answer = await http.PostAsJsonAsync("/api/events", change, cancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    private static async Task<JsonElement> ReadAsync(ClientWebSocket socket, CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        var filled = 0;
        ValueWebSocketReceiveResult result;
        do
        {
            result = await socket.ReceiveAsync(buffer.AsMemory(filled), cancellationToken);
            filled += result.Count;
        }
        while (!result.EndOfMessage);

        using var json = JsonDocument.Parse(buffer.AsMemory(0, filled));
        return json.RootElement.Clone();
    }
}
