using System.Text.Json;
using System.Text.RegularExpressions;

namespace Flux.Server.Tests.BadInput;

/// <summary>A server that rows torment, with a connection and a socket that stay open through all of them.</summary>
/// <param name="isOwned">Whether it asks for tokens.</param>
/// <remarks>It is nobody else's: that a refused request left nothing is seen in the next position, and positions have no gaps.</remarks>
internal sealed partial class TormentedServer(bool isOwned) : IAsyncDisposable
{
    /// <summary>The entity of the good event after each variant; no row uses it.</summary>
    private const string Probe = "probe/steady";

    private readonly ServerFixture _server = new();
    private RawHttp? _http;
    private RawWebSocket? _socket;
    private long _probes;
    private long? _position;
    private int _judgedLines;
    private Owners? _owners; // of the server that asks for tokens; null before its start

    public async ValueTask DisposeAsync()
    {
        await HangUpAsync();
        await _server.DisposeAsync();
    }

    public int ProcessId => _server.ProcessId;

    /// <summary>Runs one variant and then sees whether the server is as well as before (G2, G4, G5).</summary>
    public async Task RunAsync(Variant variant)
    {
        if (_server.HasExited)
        {
            await HangUpAsync();
            await StartAsync();
        }

        if (_position is null)
        {
            await ConnectAsync();
        }

        var run = new RowRun(_server, _socket!, _owners);
        var before = _position!.Value;
        try
        {
            await variant.RunAsync(run);
            await CheckGoodEventAsync(run);
            var stored = _position!.Value - before - 1;
            Assert.True(stored >= run.Accepted && stored <= run.Accepted + run.PerhapsAccepted,
                $"{run.Accepted} events were accepted, but {stored} positions were taken");
            Assert.True(run.Accepted + run.PerhapsAccepted > 0 || run.UnclaimedPushes.Count == 0,
                $"nothing was accepted, but something was pushed: {string.Join(' ', run.UnclaimedPushes.Take(3))}");
            CheckOutput();
        }
        catch
        {
            // What comes next must not be blamed for this: begin with new connections and a new count.
            await HangUpAsync();
            if (_server.HasExited)
            {
                throw new InvalidOperationException($"The server died:\n{string.Join('\n', _server.Output.TakeLast(20))}");
            }

            throw;
        }
    }

    [GeneratedRegex(@"^\s*(fail|crit)(:|\b)|[Uu]nhandled exception|^\s+at \S+\(.*\)|\x1b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Trouble();

    private async Task StartAsync()
    {
        if (!isOwned)
        {
            await _server.StartAsync();
            return;
        }

        Owners.Configure(_server);
        await _server.StartAsync();
        _owners ??= await Owners.RegisterAsync(_server); // they survive its death
    }

    private async Task ConnectAsync()
    {
        _http = await _server.ConnectAsync();
        _socket = await _server.OpenSocketAsync();
        _judgedLines = _server.Output.Count;
        await CheckGoodEventAsync(new RowRun(_server, _socket, _owners));
    }

    private async Task HangUpAsync()
    {
        _position = null;
        if (_http is not null)
        {
            await _http.DisposeAsync();
            _http = null;
        }

        if (_socket is not null)
        {
            await _socket.DisposeAsync();
            _socket = null;
        }
    }

    private async Task CheckGoodEventAsync(RowRun run)
    {
        var number = ++_probes;
        var published = await _http!.ExchangeAsync(RawRequest.Publish(Good.Event(Probe, $$"""{"n":{{number}}}"""), _owners is null ? [] : [_owners.Probe]));
        Assert.True(published.Status == 200, $"a good publish afterwards: {published}");
        _position = published.Json.GetProperty("position").GetInt64();

        var read = await _http.ExchangeAsync(RawRequest.Get(RawRequest.EntityPath(Probe)));
        Assert.True(read.Status == 200 && read.Json.GetProperty("properties").GetProperty("n").GetInt64() == number,
            $"the read of a good publish afterwards: {read}");

        JsonElement push;
        do
        {
            push = await run.NextPushAsync(Probe);
        }
        while (push.GetProperty("value").GetInt64() != number);
    }

    private void CheckOutput()
    {
        var lines = _server.Output.Skip(_judgedLines).ToList();
        _judgedLines += lines.Count;
        var trouble = lines.Where(l => Trouble().IsMatch(l)).Take(10).ToList();
        Assert.True(trouble.Count == 0, $"the server's log speaks of trouble:\n{string.Join('\n', trouble)}");
    }
}
