using Flux.Server.Tests.BadInput;

namespace Flux.Server.Tests.Contract;

/// <summary>A list of origins: bad-input rows A18 and W02. Without one every origin may do everything, as in the original.</summary>
public sealed class OriginTests : IAsyncLifetime
{
    private readonly ServerFixture _server = new();

    public async ValueTask InitializeAsync()
    {
        _server.Environment["FLUX_ALLOWED_ORIGINS"] = "https://listed.example, http://localhost:8080";
        await _server.StartAsync();
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("Origin: https://evil.example")]
    [InlineData("Origin: null")]
    [InlineData("Origin: https://listed.evil.example")]
    [InlineData("Origin: https://sub.listed.example")]
    [InlineData("Origin: http://evil-listed.example")]
    [InlineData("Origin: http://listed.example")]
    [InlineData("Origin: https://listed.example:8443")]
    [InlineData("Origin: https://listed.example", "Origin: https://evil.example")]
    public async Task A_page_of_another_origin_reads_but_neither_writes_nor_opens_sockets(params string[] headers)
    {
        var id = Wire.NewId();

        var write = await _server.PostAsync("/api/events", Good.Event(id, "{\"n\":1}"), ["Content-Type: text/plain", .. headers]);
        var delete = await _server.DeleteAsync(RawRequest.EntityPath(id), headers);
        var socket = await _server.GetAsync("/api/ws",
            ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", .. headers]);

        Assert.All([write, delete, socket], answer =>
        {
            Wire.AssertRefused(answer, 403);
            Assert.Equal("forbidden_origin", answer.Code);
        });
        Assert.Equal(404, (await _server.GetAsync(RawRequest.EntityPath(id), headers)).Status);
        Assert.Equal(200, (await _server.GetAsync(Wire.Entities, headers)).Status);
    }

    [Theory]
    [InlineData]
    [InlineData("Origin: https://listed.example")]
    [InlineData("Origin: HTTPS://Listed.Example")]
    [InlineData("Origin: http://localhost:8080")]
    public async Task A_page_of_a_listed_origin_and_a_program_do_both(params string[] headers)
    {
        var id = Wire.NewId();
        await using var socket = await RawWebSocket.OpenAsync(_server.Port, headers: headers);
        await socket.RoundTripAsync();

        Assert.Equal(200, (await _server.PostAsync("/api/events", Good.Event(id, "{\"n\":1}"), headers)).Status);
        await socket.NextAboutAsync(id);
    }

    [Theory]
    [InlineData(101, "this machine", "Host: localhost:3000", "Origin: http://localhost:3000")]
    [InlineData(101, "an address in figures", "Host: 10.1.2.3", "Origin: https://10.1.2.3")]
    [InlineData(101, "listed", "Host: listed.example", "Origin: https://listed.example")]
    [InlineData(403, "another page", "Host: localhost:3000", "Origin: https://listed.example")]
    [InlineData(403, "a name that was pointed here", "Host: evil.example", "Origin: https://evil.example")]
    [InlineData(403, "no page", "Host: localhost:3000", "Origin: null")]
    public async Task Only_the_console_opens_its_socket_and_only_under_an_origin_that_may_write(int status, string page, params string[] headers)
    {
        await using var http = await RawHttp.ConnectAsync(_server.Port);

        var answer = await http.ExchangeAsync(RawRequest.Bytes(string.Join("\r\n",
            ["GET /_blazor HTTP/1.1", .. headers, "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "", ""])));

        Assert.True(status == answer.Status, $"{page}: {answer}");
    }

    [Theory]
    [InlineData("listed.example")]
    [InlineData("https://listed.example/")]
    [InlineData("https://listed.example, *")]
    public async Task A_list_that_browsers_would_never_match_keeps_the_server_from_starting(string list)
    {
        await using var server = new ServerFixture();
        server.Environment["FLUX_ALLOWED_ORIGINS"] = list;

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(server.StartAsync);

        Assert.Contains("FLUX_ALLOWED_ORIGINS", refusal.Message, StringComparison.Ordinal);
    }
}
