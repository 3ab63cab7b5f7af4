using System.Text.Json;
using Flux.Testing.Processes;

namespace Flux.Server.Tests.BadInput;

/// <summary>A server that rows torment, or several silos of one, with a connection and a socket that stay open through all that a silo is asked.</summary>
/// <param name="name">What sets it apart from others.</param>
/// <param name="isOwned">Whether it asks for tokens.</param>
/// <param name="postgres">The database of three silos; null for one process with the embedded store.</param>
/// <remarks>It is nobody else's: that a refused request left nothing is seen in the next position, and positions have no gaps.</remarks>
internal sealed class TormentedServer(string name, bool isOwned, string? postgres = null) : IAsyncDisposable
{
    /// <summary>The entity of the good event after each variant; no row uses it.</summary>
    private const string Probe = "probe/steady";

    // All instruments with all values of their labels came to 541, on PostgreSQL; a label that is made of input has thousands after a few rows.
    private const int MostSeries = 1_000;

    private readonly ServerFixture[] _silos = [.. Enumerable.Range(0, postgres is null ? 1 : 3).Select(_ => new ServerFixture())];
    private readonly int[] _judgedLines = new int[postgres is null ? 1 : 3];
    private int _asked = -1; // the silo that the connection and the socket are to
    private RawHttp? _http;
    private RawWebSocket? _socket;
    private long _probes;
    private long? _position;
    private Owners? _owners; // of the server that asks for tokens; null before its start

    public async ValueTask DisposeAsync()
    {
        await HangUpAsync();
        foreach (var silo in _silos)
        {
            await silo.DisposeAsync();
        }
    }

    public string Name => name;

    public int Silos => _silos.Length;

    public int ProcessId => _silos[0].ProcessId;

    /// <summary>Runs one variant through one of the silos, and then sees whether all are as well as before (G2, G4, G5).</summary>
    public async Task RunAsync(Variant variant, int silo = 0)
    {
        if (Array.Exists(_silos, s => s.HasExited))
        {
            await HangUpAsync();
            PassOverOutput();
            await StartAsync();
            await ConnectAsync(silo);
            CheckStart();
        }

        if (_position is null || _asked != silo)
        {
            await HangUpAsync();
            await ConnectAsync(silo);
        }

        var run = Begin(isSigned: isOwned && !variant.NeedsTokens);
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
        catch (Exception e)
        {
            // What comes next must not be blamed for this, nor for a request that is still under way: begin with new processes.
            await HangUpAsync();
            var dead = Array.Find(_silos, s => s.HasExited);
            await Task.WhenAll(_silos.Select(silo => silo.KillAsync()));
            if (dead is not null)
            {
                throw new InvalidOperationException($"The server died:\n{string.Join('\n', dead.Output.TakeLast(20))}", e);
            }

            var said = _silos.SelectMany((silo, i) => silo.Output.Skip(_judgedLines[i])).ToList();
            throw new InvalidOperationException($"{e.GetType().Name}: {e.Message}\nand the server said meanwhile:\n{string.Join('\n', said.TakeLast(20))}", e);
        }
    }

    /// <summary>Sees that what was sent has made no labels of metrics (G5).</summary>
    /// <returns>How many series the largest of the silos has.</returns>
    public async Task<int> CheckSeriesAsync()
    {
        var most = 0;
        foreach (var silo in _silos.Where(s => !s.HasExited))
        {
            var series = (await ServerMetrics.ReadAsync(silo)).Select(s => s.Series).ToList();
            most = Math.Max(most, series.Count);
            Assert.True(series.Count <= MostSeries, $"{series.Count} series of metrics, the last of them {string.Join('\n', series.TakeLast(20))}");
        }

        return most;
    }

    private RowRun Begin(bool isSigned) => new(_silos[_asked], [.. _silos.Where((_, i) => i != _asked)], _socket!, _owners, isSigned);

    private async Task StartAsync()
    {
        var dead = Array.FindAll(_silos, s => s.HasExited);
        foreach (var silo in dead)
        {
            ServerMetrics.Configure(silo);
            if (isOwned)
            {
                Owners.Configure(silo);
            }

            if (postgres is not null)
            {
                silo.Environment["FLUX_POSTGRES"] = postgres;
                silo.Environment["FLUX_SILO_ADDRESS"] = "127.0.0.1";
                silo.Environment["FLUX_SILO_PORT"] = $"{FreePort.Next()}";
            }
        }

        await Task.WhenAll(dead.Select(silo => silo.StartAsync()));
        if (isOwned)
        {
            _owners ??= await Owners.RegisterAsync(_silos[0]); // they survive its death
        }
    }

    private async Task ConnectAsync(int silo)
    {
        _asked = silo;
        _http = await _silos[silo].ConnectAsync();
        _socket = await _silos[silo].OpenSocketAsync();
        await CheckGoodEventAsync(Begin(isSigned: false));

        // From now on: the first event of all compiles what it needs.
        _http.Judge = _socket.Judge = _silos[silo].Judge = (answer, bytes) => new AnswerTime(_silos[silo]).JudgeAsync(answer, bytes);
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

    /// <summary>A good event goes in through the silo that was asked, can be read through every one, and comes out on the socket.</summary>
    private async Task CheckGoodEventAsync(RowRun run)
    {
        var number = ++_probes;
        var published = await _http!.ExchangeAsync(RawRequest.Publish(Good.Event(Probe, $$"""{"n":{{number}}}"""), _owners is null ? [] : [_owners.Probe]));
        Assert.True(published.Status == 200, $"a good publish afterwards: {published}");
        _position = published.Json.GetProperty("position").GetInt64();

        CheckRead(await _http.ExchangeAsync(RawRequest.Get(RawRequest.EntityPath(Probe))));
        foreach (var other in run.Others)
        {
            CheckRead(await other.SendAsync(RawRequest.Get(RawRequest.EntityPath(Probe))));
        }

        JsonElement push;
        do
        {
            push = await run.NextPushAsync(Probe);
        }
        while (push.GetProperty("value").GetInt64() != number);

        void CheckRead(RawAnswer read) => Assert.True(
            read.Status == 200 && read.Json.GetProperty("properties").GetProperty("n").GetInt64() == number, $"the read of a good publish afterwards: {read}");
    }

    private void CheckOutput()
    {
        for (var i = 0; i < _silos.Length; i++)
        {
            var lines = _silos[i].Output.Skip(_judgedLines[i]).ToList();
            _judgedLines[i] += lines.Count;
            var trouble = ServerLog.FindTrouble(lines).Take(10).ToList();
            Assert.True(trouble.Count == 0, $"the server's log speaks of trouble:\n{string.Join('\n', trouble)}");
        }
    }

    // Nodes that look for each other say so, which the list of what is explained knows.
    private void CheckStart()
    {
        for (var i = 0; i < _silos.Length; i++)
        {
            ServerLog.AssertNothingUnhandled(string.Join('\n', _silos[i].Output.Skip(_judgedLines[i])));
        }

        PassOverOutput();
    }

    private void PassOverOutput()
    {
        for (var i = 0; i < _silos.Length; i++)
        {
            _judgedLines[i] = _silos[i].Output.Count;
        }
    }
}
