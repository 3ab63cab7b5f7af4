using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace Flux.Client.Tests.JavaScript;

/// <summary>The JavaScript client in a Node process of its own, which says what it hears.</summary>
internal sealed class NodeClient : IAsyncDisposable
{
    private static readonly Lazy<int?> Major = new(FindMajor);
    private readonly Process _process;
    private readonly Channel<JsonElement> _items = Channel.CreateUnbounded<JsonElement>();
    private readonly Channel<JsonElement> _events = Channel.CreateUnbounded<JsonElement>();
    private readonly Task _reading;

    private NodeClient(Process process)
    {
        _process = process;
        _reading = ReadAsync();
    }

    /// <summary>Gets the folder of the scripts, beside which the client is.</summary>
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "JavaScript");

    /// <summary>Skips the test where there is no Node.</summary>
    public static void NeedsNode() => Assert.SkipWhen(Major.Value is null, "node is not on PATH, so the npm package flux-client-js cannot be run");

    /// <summary>Starts a client.</summary>
    /// <param name="options">Its options.</param>
    /// <param name="request">What it subscribes to.</param>
    /// <param name="isManual">Whether it takes an item only when <see cref="TakeAsync"/> says so.</param>
    /// <param name="isReplay">Whether it asks for a replay, which obeys <see cref="TakeAsync"/> with calls such as <c>{"seek":[5]}</c>.</param>
    public static async Task<NodeClient> StartAsync(JsonObject options, JsonObject request, bool isManual = false, bool isReplay = false)
    {
        NeedsNode();
        var settings = new JsonObject { ["options"] = options, ["requests"] = new JsonArray(request), ["manual"] = isManual, ["replays"] = isReplay };
        if (Major.Value < 20)
        {
            settings["webSocket"] = await WebSocketPackage.FindAsync();
        }

        return new NodeClient(Start([Path.Combine(Folder, "run.mjs"), settings.ToJsonString()]));
    }

    /// <summary>Starts Node with its own class of sockets, where it has one.</summary>
    public static Process Start(IEnumerable<string> arguments)
    {
        // 20 and 21 have it behind a flag.
        string[] flags = Major.Value is 20 or 21 ? ["--experimental-websocket", "--no-warnings"] : [];
        return Process.Start(new ProcessStartInfo("node", [.. flags, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
    }

    /// <summary>Waits for the next item, which must be of a type.</summary>
    public async Task<JsonElement> NextAsync(string type)
    {
        var item = await NextLineAsync($"an item \"{type}\"");
        Assert.True(item.TryGetProperty("item", out var frame), $"{item} instead of an item \"{type}\"");
        Assert.Equal(type, frame.GetProperty("type").GetString());
        return frame;
    }

    /// <summary>Waits for the next item, end or error.</summary>
    public Task<JsonElement> NextLineAsync(string what) => _items.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().InTime(what);

    /// <summary>Waits for the next event, which must be of a type.</summary>
    public async Task<JsonElement> NextEventAsync(string type)
    {
        var change = await _events.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().InTime($"an event \"{type}\"");
        Assert.Equal(type, change.GetProperty("event").GetString());
        return change;
    }

    /// <summary>Gets a value indicating whether no event waits to be looked at.</summary>
    public bool HasNoEvent => !_events.Reader.TryPeek(out _);

    /// <summary>Lets it take one item, or <c>close</c> its subscription.</summary>
    public Task TakeAsync(string what = "take") => _process.StandardInput.WriteLineAsync(what);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(5)))
        {
            _process.Kill();
        }

        await _reading;
        _process.Dispose();
    }

    private static int? FindMajor()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("node", ["--version"]) { RedirectStandardOutput = true })!;
            var version = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return int.Parse(version.TrimStart('v').Split('.')[0], CultureInfo.InvariantCulture);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null; // there is no such program
        }
    }

    private async Task ReadAsync()
    {
        var errors = _process.StandardError.ReadToEndAsync();
        while (await _process.StandardOutput.ReadLineAsync() is { } text)
        {
            var line = JsonElement.Parse(text);
            (line.TryGetProperty("event", out _) ? _events : _items).Writer.TryWrite(line);
        }

        var error = new InvalidOperationException($"the script ended: {await errors}");
        _items.Writer.TryComplete(error);
        _events.Writer.TryComplete(error);
    }
}
