using Flux.Client.Tests.Scripted;

namespace Flux.Client.Tests;

public sealed class EndTests : IAsyncLifetime
{
    private const string Subscribed = "{'type':'subscribed',$sub,'position':10,'cursor':'c10'}";
    private ScriptedServer _server = null!;
    private FluxClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await ScriptedServer.StartAsync();
        _client = new FluxClient(new FluxClientOptions { Addresses = [_server.Address], Random = new FixedRandom(0) });
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData(CloseCode.ProtocolError)]
    [InlineData(CloseCode.NotUtf8)]
    [InlineData(CloseCode.PolicyViolation)]
    [InlineData(CloseCode.TooLong)]
    [InlineData(CloseCode.TooManyRefused)]
    [InlineData(CloseCode.TokenEnded)]
    [InlineData(CloseCode.NamespaceEnded)]
    public async Task A_close_that_is_final_ends_everything_with_its_code(int code)
    {
        await using var items = new ItemReader(_client.Subscribe(new SubscriptionRequest { Entities = ["*"] }));
        var socket = await _server.AcceptSubscriptionAsync(from: "now");
        await socket.SendAsync(Subscribed);

        await socket.CloseAsync(code, "because");

        await items.NextAsync<SubscriptionItem.Subscribed>(); // what had arrived comes first
        var error = await items.ErrorAsync<FluxConnectionException>();
        Assert.Equal((code, $"closed with {code}: because"), (error.Code, error.Message));
        Assert.Same(error, Assert.Throws<InvalidOperationException>(() => _client.Subscribe(new SubscriptionRequest { Entities = ["*"] })).InnerException);
        Assert.Equal(1, _server.Upgrades);
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(CloseCode.ShuttingDown)]
    [InlineData(CloseCode.ServerError)]
    [InlineData(CloseCode.TooSlow)]
    public async Task After_any_other_close_the_client_comes_back(int code)
    {
        var changes = new ConnectionChanges(_client);
        await using var items = new ItemReader(_client.Subscribe(new SubscriptionRequest { Entities = ["*"] }));
        var socket = await _server.AcceptSubscriptionAsync(from: "now");
        await socket.SendAsync(Subscribed);

        await socket.CloseAsync(code, "because");

        await _server.AcceptSubscriptionAsync(from: "c10");
        await changes.NextAsync<ConnectionChange.Connected>();
        var lost = await changes.NextAsync<ConnectionChange.Lost>();
        Assert.Equal((code, "because", _server.Address), (lost.CloseCode, lost.Reason, lost.Address));
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    public async Task An_upgrade_that_is_forbidden_is_final(int status)
    {
        _server.Refuse(status);

        await using var items = new ItemReader(_client.Subscribe(new SubscriptionRequest { Entities = ["*"] }));

        Assert.Equal(status, (await items.ErrorAsync<FluxConnectionException>()).Code);
    }

    [Fact]
    public async Task A_refused_subscription_ends_with_what_was_wrong_and_the_others_go_on()
    {
        await using var good = new ItemReader(_client.Subscribe(new SubscriptionRequest { Entities = ["a"] }));
        var socket = await _server.AcceptSubscriptionAsync(from: "now");
        await using var bad = new ItemReader(_client.Subscribe(new SubscriptionRequest { Entities = ["b"], Where = "propertis.x" }));
        var message = await socket.ReceiveAsync("subscribe");

        await socket.SendAsync(
            $"{{'type':'error','code':'invalid_expression','error':'1:1: unknown','line':1,'column':1,'sub':'{message.GetProperty("sub")}'}}", Subscribed);

        var error = await bad.ErrorAsync<FluxSubscriptionException>();
        Assert.Equal(
            ("invalid_expression", "invalid_expression: 1:1: unknown", 1, 1, null, null),
            (error.Code, error.Message, error.Line, error.Column, error.Position, error.Cursor));
        await good.NextAsync<SubscriptionItem.Subscribed>();
    }

    [Fact]
    public async Task A_running_subscription_that_the_server_ends_says_how_far_it_came()
    {
        await using var items = new ItemReader(_client.Subscribe(new SubscriptionRequest { Entities = ["*"], Where = "costly" }));
        var socket = await _server.AcceptSubscriptionAsync(from: "now");

        await socket.SendAsync(
            Subscribed, "{'type':'error',$sub,'code':'expression_too_costly','error':'more than 10000 steps','position':77,'cursor':'c77'}");

        await items.NextAsync<SubscriptionItem.Subscribed>();
        var error = await items.ErrorAsync<FluxSubscriptionException>();
        Assert.Equal(("expression_too_costly", 77, "c77"), (error.Code, error.Position, error.Cursor));
    }

    [Fact]
    public async Task What_cannot_be_served_now_is_asked_for_again_on_the_same_socket()
    {
        await using var items = new ItemReader(_client.Subscribe(new SubscriptionRequest { Entities = ["*"] }));
        var socket = await _server.AcceptSubscriptionAsync(from: "now");
        const string Unavailable = "{'type':'error',$sub,'code':'unavailable','error':'the log cannot be read now'}";

        await socket.SendAsync(Unavailable);
        Assert.Equal("now", (await socket.ReceiveAsync("subscribe")).GetProperty("from").GetString());
        await socket.SendAsync(Subscribed, Unavailable.Replace("}", ",'position':15,'cursor':'c15'}", StringComparison.Ordinal));
        Assert.Equal("c15", (await socket.ReceiveAsync("subscribe")).GetProperty("from").GetString());
        await socket.SendAsync("{'type':'subscribed',$sub,'position':15,'cursor':'c15'}");

        await items.NextAsync<SubscriptionItem.Subscribed>();
        Assert.Equal("c15", (await items.NextAsync<SubscriptionItem.Subscribed>()).ResumedAfter);
        Assert.Equal(1, _server.Upgrades);
    }

    [Fact]
    public async Task A_snapshot_that_became_unavailable_begins_anew_and_says_so()
    {
        await using var items = new ItemReader(_client.Subscribe(new SubscriptionRequest { Entities = ["*"], From = SubscriptionStart.Snapshot }));
        var socket = await _server.AcceptSubscriptionAsync(from: "snapshot");

        await socket.SendAsync(
            "{'type':'subscribed',$sub,'position':10}",
            "{'type':'entity',$sub,'entity_id':'a/b','properties':{},'version':2,'last_updated':'2026-02-25T20:04:27Z'}",
            "{'type':'error',$sub,'code':'unavailable','error':'the log cannot be read now'}");
        Assert.Equal("snapshot", (await socket.ReceiveAsync("subscribe")).GetProperty("from").GetString());
        await socket.SendAsync("{'type':'subscribed',$sub,'position':10}");

        await items.NextAsync<SubscriptionItem.Subscribed>();
        await items.NextAsync<SubscriptionItem.SnapshotRow>();
        await items.NextAsync<SubscriptionItem.Restarted>();
        await items.NextAsync<SubscriptionItem.Subscribed>();
    }

    [Fact]
    public async Task An_unknown_cursor_ends_the_subscription_with_the_head_and_nothing_else()
    {
        await using var items = new ItemReader(
            _client.Subscribe(new SubscriptionRequest { Entities = ["*"], From = SubscriptionStart.AfterCursor("other") }));
        var socket = await _server.AcceptSubscriptionAsync(from: "other");

        await socket.SendAsync("{'type':'cursor_unknown',$sub,'first':1,'position':40,'cursor':'c40'}");

        Assert.Equal(new SubscriptionItem.CursorUnknown(1, 40) { Cursor = "c40" }, await items.NextAsync<SubscriptionItem.CursorUnknown>());
        await items.EndAsync();
        Assert.Equal("other", items.Subscription.Cursor); // the application decides
        _client.Subscribe(new SubscriptionRequest { Entities = ["*"], From = SubscriptionStart.AfterCursor("c40") });
        Assert.Equal("c40", (await socket.ReceiveAsync("subscribe")).GetProperty("from").GetString());
    }

    [Theory]
    [InlineData("[1]", "no object")]
    [InlineData("{'type':'progress',$sub,'position':'ten'}", "'String'")]
    [InlineData("{'type':'progress',$sub}", "has no Position")]
    [InlineData("{'type':'change',$sub,", "Expected")]
    public async Task A_server_that_sends_no_frames_of_the_protocol_is_final(string frame, string text)
    {
        await using var items = new ItemReader(_client.Subscribe(new SubscriptionRequest { Entities = ["*"] }));
        var socket = await _server.AcceptSubscriptionAsync(from: "now");

        await socket.SendAsync(frame);

        var error = await items.ErrorAsync<FluxProtocolException>();
        Assert.StartsWith("the server sent what is no frame of flux.v2: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(text, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_about_no_subscription_is_final()
    {
        await using var items = new ItemReader(_client.Subscribe(new SubscriptionRequest { Entities = ["*"] }));
        var socket = await _server.AcceptSubscriptionAsync(from: "now");

        await socket.SendAsync("{'type':'error','code':'invalid_json','error':'no JSON'}");

        Assert.Equal("the server refused a message: invalid_json: no JSON", (await items.ErrorAsync<FluxProtocolException>()).Message);
    }

    [Fact]
    public async Task A_handler_that_throws_ends_the_client_and_is_not_hidden()
    {
        _client.ConnectionChanged += (_, _) => throw new InvalidOperationException("mine");

        await using var items = new ItemReader(_client.Subscribe(new SubscriptionRequest { Entities = ["*"] }));

        Assert.Equal("mine", (await items.ErrorAsync<InvalidOperationException>()).Message);
    }
}
