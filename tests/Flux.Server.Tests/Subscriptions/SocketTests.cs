using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Flux.Core.Entities;
using Flux.Core.Log;
using Flux.Grains.Connections;
using Flux.Grains.Namespaces;
using Flux.Server.Hosting;
using Flux.Server.Limits;
using Flux.Server.Namespaces;
using Flux.Server.Subscriptions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Flux.Server.Tests.Subscriptions;

/// <summary>Real sockets to a real server, without Orleans: what is dispatched is given to the dispatcher directly.</summary>
public sealed class SocketTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private WebApplication _app = null!;
    private long _position;
    private Action? _onUpgraded; // when the client can know that it is connected, and the server has not gone on yet

    private ChangeDispatcher Dispatcher => _app.Services.GetRequiredService<ChangeDispatcher>();

    private Uri Address => new(_app.Urls.Single() + "/api/ws");

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(new Meter("tests"));
        builder.Services.AddSingleton<IEventLog, MemoryEventLog>();
        builder.Services.AddSingleton<IReadModel, EmptyReadModel>();
        builder.Services.AddSingleton(FluxSettings.Read(builder.Configuration));
        builder.Services.AddSingleton<NamespaceDirectory>();
        builder.Services.AddSingleton<SystemRecords>();
        builder.Services.AddSingleton<HeadWatch>();
        builder.Services.AddSingleton<TokenUses>();
        builder.Services.AddSingleton(new GuessLimiter(perMinute: 1_000, TimeProvider.System));
        builder.Services.AddSingleton<AccessControl>();
        builder.Services.AddSubscriptions();
        builder.Services.Configure<SubscriptionOptions>(options =>
        {
            options.PingInterval = TimeSpan.FromSeconds(1);
            options.PingTimeout = TimeSpan.FromSeconds(1);
        });
        _app = builder.Build();
        _app.Use((context, next) =>
        {
            context.Features.Set<IHttpUpgradeFeature>(new HookedUpgrade(context.Features.GetRequiredFeature<IHttpUpgradeFeature>(), () => _onUpgraded?.Invoke()));
            return next(context);
        });
        _app.UseSubscriptions();
        _app.MapSubscriptions();
        await _app.StartAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task A_socket_that_asked_for_nothing_gets_everything()
    {
        using var socket = await ConnectAsync();

        Dispatch("a", "b/c");

        Assert.Equal("a", (await ReadChangeAsync(socket)).GetProperty("entity_id").GetString());
        Assert.Equal("b/c", (await ReadChangeAsync(socket)).GetProperty("entity_id").GetString());
    }

    [Fact]
    public async Task What_is_committed_as_soon_as_the_client_is_connected_is_pushed()
    {
        _onUpgraded = () => Dispatch("a");

        using var socket = await ConnectAsync();

        Assert.Equal("a", (await ReadChangeAsync(socket)).GetProperty("entity_id").GetString());
    }

    [Fact]
    public async Task A_subscription_narrows_and_bad_messages_change_nothing()
    {
        using var socket = await ConnectAsync();
        string[] bad = ["hello", "{", "[]", "null", "", """{"type":"foo"}""", """{"type":"subscribe"}""", """{"type":"subscribe","entity_id":5}"""];
        foreach (var message in bad)
        {
            await SendAsync(socket, message);
        }

        await socket.SendAsync("{\"type\":\"subscribe\",\"entity_id\":\"b\"}"u8.ToArray(), WebSocketMessageType.Binary, true, CancellationToken.None);
        await SubscribeAsync(socket, "a");

        Dispatch("b", "a");

        Assert.Equal("a", (await ReadChangeAsync(socket)).GetProperty("entity_id").GetString());
    }

    [Fact]
    public async Task A_message_in_fragments_is_joined()
    {
        using var socket = await ConnectAsync();
        var bytes = """{"type":"subscribe","entity_id":"a"}"""u8.ToArray();
        for (var i = 0; i < bytes.Length; i++)
        {
            await socket.SendAsync(bytes.AsMemory(i, 1), WebSocketMessageType.Text, i == bytes.Length - 1, CancellationToken.None);
        }

        await SelectiveAsync(1);
        Dispatch("b", "a");

        Assert.Equal("a", (await ReadChangeAsync(socket)).GetProperty("entity_id").GetString());
    }

    [Fact]
    public async Task A_message_of_900_KB_is_only_a_bad_message()
    {
        using var socket = await ConnectAsync();
        await SendAsync(socket, new string('x', 900 * 1024));

        Dispatch("a");

        Assert.Equal("a", (await ReadChangeAsync(socket)).GetProperty("entity_id").GetString());
    }

    [Fact]
    public async Task A_message_over_1_MiB_ends_the_socket_with_1009()
    {
        using var socket = await ConnectAsync();

        await SendAsync(socket, new string('x', (1024 * 1024) + 1));

        Assert.Equal(WebSocketCloseStatus.MessageTooBig, await ReadCloseAsync(socket));
    }

    [Fact]
    public async Task Text_that_is_not_UTF_8_ends_the_socket_with_1007()
    {
        using var socket = await ConnectAsync();

        await socket.SendAsync(new byte[] { 0xC3, 0x28 }, WebSocketMessageType.Text, true, CancellationToken.None);

        Assert.Equal(WebSocketCloseStatus.InvalidPayloadData, await ReadCloseAsync(socket));
    }

    [Fact]
    public async Task A_client_that_closes_is_answered_and_forgotten()
    {
        using var socket = await ConnectAsync();

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None).WaitAsync(Limit);

        await Until(() => Dispatcher.Measure().Connections.Length == 0);
    }

    [Fact]
    public async Task A_client_that_vanishes_is_forgotten()
    {
        using var socket = await ConnectAsync();

        socket.Abort();

        await Until(() => Dispatcher.Measure().Connections.Length == 0);
    }

    [Fact]
    public async Task A_client_that_answers_no_ping_is_forgotten()
    {
        using var client = new TcpClient(Address.Host, Address.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            "GET /api/ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"));
        await Until(() => Dispatcher.Measure().Connections.Length == 1);

        await Until(() => Dispatcher.Measure().Connections.Length == 0);
    }

    [Fact]
    public async Task A_server_that_stops_says_1001()
    {
        using var socket = await ConnectAsync();

        var stopping = _app.StopAsync(CancellationToken.None);

        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, await ReadCloseAsync(socket));
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        await stopping.WaitAsync(Limit, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Metrics_are_numbers_and_come_by_themselves()
    {
        using var socket = await ConnectAsync();
        Dispatch("a");

        JsonElement frame;
        while ((frame = await ReadAsync(socket)).GetProperty("type").GetString() != "metrics_update")
        {
        }

        Assert.Equal(0, frame.GetProperty("entities").GetProperty("total").GetInt64());
        Assert.Equal(1, frame.GetProperty("events").GetProperty("total").GetInt64());
        Assert.Equal(0.2, frame.GetProperty("events").GetProperty("rate_per_second").GetDouble());
        Assert.Equal(1, frame.GetProperty("websocket").GetProperty("connections").GetInt64());
        Assert.Equal(1, frame.GetProperty("publishers").GetProperty("active").GetInt64());
    }

    [Theory]
    [InlineData("GET", HttpStatusCode.BadRequest)]
    [InlineData("POST", HttpStatusCode.MethodNotAllowed)]
    public async Task Anything_but_an_upgrade_is_refused(string method, HttpStatusCode status)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(new HttpMethod(method), Address);

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(status, response.StatusCode);
    }

    private static Task SendAsync(ClientWebSocket socket, string text) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, CancellationToken.None);

    private static async Task<JsonElement> ReadChangeAsync(ClientWebSocket socket)
    {
        JsonElement frame;
        while ((frame = await ReadAsync(socket)).GetProperty("type").GetString() == "metrics_update")
        {
        }

        return frame;
    }

    private static async Task<JsonElement> ReadAsync(ClientWebSocket socket)
    {
        var buffer = new byte[64 * 1024];
        var result = await socket.ReceiveAsync(buffer, CancellationToken.None).WaitAsync(Limit);
        return JsonDocument.Parse(buffer.AsMemory(0, result.Count)).RootElement;
    }

    private static async Task<WebSocketCloseStatus?> ReadCloseAsync(ClientWebSocket socket)
    {
        var buffer = new byte[64 * 1024];
        while ((await socket.ReceiveAsync(buffer, CancellationToken.None).WaitAsync(Limit)).MessageType != WebSocketMessageType.Close)
        {
        }

        return socket.CloseStatus;
    }

    private static async Task Until(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!condition())
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private async Task<ClientWebSocket> ConnectAsync()
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(new UriBuilder(Address) { Scheme = "ws" }.Uri, CancellationToken.None).WaitAsync(Limit);
        await Until(() => Dispatcher.Measure().Connections.Length == 1);
        return socket;
    }

    private async Task SubscribeAsync(ClientWebSocket socket, string id)
    {
        await SendAsync(socket, $$"""{"type":"subscribe","entity_id":"{{id}}"}""");
        await SelectiveAsync(1);
    }

    private Task SelectiveAsync(int count) => Until(() => Dispatcher.SelectiveCount == count);

    private void Dispatch(params string[] ids) => Dispatcher.Dispatch([.. ids.Select(id => TestEvents.Set(++_position, id))]);
}
