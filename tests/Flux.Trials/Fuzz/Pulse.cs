using System.Diagnostics;
using Flux.Testing.Processes;

namespace Flux.Trials.Fuzz;

/// <summary>Sees once a second whether the server is well: a good event goes in, can be read, and comes out on a socket that was open before.</summary>
internal sealed class Pulse(FluxProcess server, string? owner) : IAsyncDisposable
{
    private const string Entity = "zz-pulse/steady";
    private const long MostBytes = 1_500_000_000;
    private const int MostHandles = 2_000;
    private const int MostThreads = 300;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10); // it shares the machine with those who attack it

    private RawHttp? _http;
    private RawWebSocket? _socket;
    private int _judgedLines;

    /// <summary>Gets how many beats there were.</summary>
    public long Beats { get; private set; }

    /// <summary>Gets the longest that one took.</summary>
    public TimeSpan Longest { get; private set; }

    /// <summary>Gets the most memory that was seen, in bytes.</summary>
    public long MostMemory { get; private set; }

    public async Task OpenAsync()
    {
        _http = await RawHttp.ConnectAsync(server.Port);
        _socket = await RawWebSocket.OpenAsync(server.Port);
        await _socket.SubscribeAsync(Entity);
        await _socket.RoundTripAsync();
    }

    /// <summary>Takes the pulse once.</summary>
    /// <returns>What is wrong; null when nothing is.</returns>
    public async Task<string?> BeatAsync()
    {
        if (server.HasExited)
        {
            return $"the server died:\n{string.Join('\n', Lines().TakeLast(20))}";
        }

        var begun = TimeProvider.System.GetTimestamp();
        try
        {
            await BeatOnceAsync().WaitAsync(Limit);
        }
        catch (Exception e) when (e is TimeoutException or IOException or System.Net.Sockets.SocketException or InvalidOperationException)
        {
            return server.HasExited ? $"the server died:\n{string.Join('\n', Lines().TakeLast(20))}" : $"a good event did not go in and come out within {Limit}: {e.Message}";
        }

        Beats++;
        var took = TimeProvider.System.GetElapsedTime(begun);
        Longest = took > Longest ? took : Longest;
        return FindTrouble() ?? Weigh();
    }

    /// <summary>Looks for trouble in what the server has written since the last look.</summary>
    /// <returns>Null when there is none.</returns>
    public string? FindTrouble()
    {
        var lines = Lines();
        var trouble = ServerLog.FindTrouble(lines.Skip(_judgedLines)).Take(20).ToList();
        _judgedLines = lines.Length;
        return trouble.Count > 0 ? $"the server's log speaks of trouble:\n{string.Join('\n', trouble)}" : null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_socket is not null)
        {
            await _socket.DisposeAsync();
        }

        if (_http is not null)
        {
            await _http.DisposeAsync();
        }
    }

    private string[] Lines() => server.Output.Split('\n');

    private async Task BeatOnceAsync()
    {
        var number = Beats + 1;
        var json = $$$$"""{"stream":"pulse","source":"fuzz","payload":{"entity_id":"{{{{Entity}}}}","properties":{"n":{{{{number}}}}}}}""";
        var published = await _http!.ExchangeAsync(RawRequest.Publish(json, owner is null ? [] : [owner]));
        if (published.Status != 200)
        {
            throw new InvalidOperationException($"a good publish was answered with {published}");
        }

        var read = await _http.ExchangeAsync(RawRequest.Get(RawRequest.EntityPath(Entity)));
        if (read.Status != 200 || read.Json.GetProperty("properties").GetProperty("n").GetInt64() != number)
        {
            throw new InvalidOperationException($"the read after it was answered with {read}");
        }

        while ((await _socket!.NextAboutAsync(Entity)).GetProperty("value").GetInt64() != number)
        {
            // An earlier beat that was given up.
        }
    }

    private string? Weigh()
    {
        using var process = Process.GetProcessById(server.Id);
        MostMemory = Math.Max(MostMemory, process.WorkingSet64);
        var handles = Directory.GetFiles($"/proc/{server.Id}/fd").Length;
        return process.WorkingSet64 > MostBytes ? $"the server holds {process.WorkingSet64 >> 20} MiB"
            : handles > MostHandles ? $"the server holds {handles} handles"
            : process.Threads.Count > MostThreads ? $"the server has {process.Threads.Count} threads"
            : null;
    }
}
