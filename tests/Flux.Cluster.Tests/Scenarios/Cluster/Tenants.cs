using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Flux.Testing.History;
using Flux.Testing.Load;
using Flux.Testing.Subscriptions;

namespace Flux.Cluster.Tests.Scenarios.Cluster;

/// <summary>
/// Two private namespaces, of which one's name begins like the other's, and everybody who might look into them: their owners, a reader whose token is
/// revoked on the way, and somebody without a token. All that they receive goes into the history, with who may see what: values, half of the ids, and tokens
/// are each namespace's alone.
/// </summary>
internal sealed class Tenants : IAsyncDisposable
{
    // Everybody knows the ids of some entities, and asks for them by name; those of the others nobody can guess.
    private const int KnownEntities = 4;
    private const int Entities = 7;

    private const string Admin = "the-operator-of-the-tenants";

    private static readonly string[] Names = ["acme", "acme-2"];

    private readonly HttpClient _http = new();
    private readonly Dictionary<string, LoadToken> _owners = new(StringComparer.Ordinal);
    private readonly List<FluxSocket> _sockets = [];
    private readonly Scenario _scenario;

    private Tenants(Scenario scenario) => _scenario = scenario;

    /// <summary>Gets the environment that their server needs.</summary>
    public static IReadOnlyDictionary<string, string> Environment { get; } =
        new Dictionary<string, string>(StringComparer.Ordinal) { ["FLUX_AUTH_ENABLED"] = "true", ["FLUX_ADMIN_TOKEN"] = Admin };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Registers the namespaces and makes them private.</summary>
    public static async Task<Tenants> RegisterAsync(Scenario scenario)
    {
        var tenants = new Tenants(scenario);
        foreach (var name in Names)
        {
            var registered = await tenants.SendAsync(HttpMethod.Post, "api/namespaces", Admin, new { name });
            var owner = new LoadToken($"owner-of-{name}", registered.GetProperty("token").GetString()!);
            tenants._owners.Add(name, owner);
            await tenants.SendAsync(HttpMethod.Put, $"api/namespaces/{name}", owner.Text, new { @private = true });
            tenants.Keep(name, MarkerOf(name));
            tenants.Keep(name, HiddenPartOf(name));
            tenants.Grant(name, owner);
        }

        return tenants;
    }

    /// <summary>Lets everybody write, read and listen; then the reader's token is revoked, and they go on for longer than it may take to be in force.</summary>
    public async Task RunAsync(int seed)
    {
        var issued = await SendAsync(HttpMethod.Post, "api/namespaces/acme/tokens", _owners["acme"].Text, new { scope = "read" });
        var reader = new LoadToken("reader-of-acme", issued.GetProperty("token").GetString()!);
        Grant("acme", reader);
        LoadToken?[] everybody = [_owners["acme"], _owners["acme-2"], reader, null];
        foreach (var token in everybody)
        {
            _sockets.Add(await FluxSocket.ConnectAsync($"socket-{token?.Id ?? "nobody"}", _scenario.Address, token, _scenario.Recorder, Cancellation, Cancellation));
        }

        using var stop = new CancellationTokenSource();
        var working = Task.WhenAll(
        [
            .. Names.Select(name => WriteAsync(name, seed, stop.Token)),
            .. everybody.Select(token => LookAsync(token, stop.Token)),
            .. everybody.Select(token => ListenAsync(token, SubscriptionProtocol.Socket, stop.Token)),
            .. everybody.Select(token => ListenAsync(token, SubscriptionProtocol.ServerSentEvents, stop.Token)),
        ]);
        await ClusterScenario.LastAsync(TimeSpan.FromSeconds(2));
        var fault = _scenario.Recorder.AnnounceFault("revoke", reader.Id);
        await SendAsync(HttpMethod.Delete, $"api/namespaces/acme/tokens/{issued.GetProperty("id").GetString()}", _owners["acme"].Text);
        _scenario.Recorder.Add(new GrantRecord { At = HistoryRecorder.Now(), Kind = GrantRecord.Revoke, Namespace = "acme", Token = reader.Id });
        _scenario.Recorder.ProveFault(fault, "the revocation was acknowledged");
        await ClusterScenario.LastAsync(TimeSpan.FromSeconds(7)); // 5 s are allowed
        await stop.CancelAsync();
        await working;
        foreach (var socket in _sockets)
        {
            await socket.CloseAsync(Cancellation);
        }
    }

    /// <summary>Dumps what the owners are shown, which together is all there is.</summary>
    public async Task DumpStateAsync()
    {
        var all = new List<JsonElement>();
        foreach (var (name, owner) in _owners)
        {
            all.AddRange((await SendAsync(HttpMethod.Get, $"api/state/entities?namespace={name}", owner.Text)).EnumerateArray());
        }

        _scenario.Recorder.Add(new StateRecord { Node = _scenario.Server.Node, Count = all.Count });
        all.ForEach(entity => _scenario.Recorder.Add(new StateRecord
        {
            Node = _scenario.Server.Node,
            Entity = entity.GetProperty("id").GetString(),
            Version = entity.GetProperty("version").GetInt64(),
            Properties = System.Text.Encoding.UTF8.GetBytes(entity.GetProperty("properties").GetRawText()),
        }));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var socket in _sockets)
        {
            await socket.DisposeAsync();
        }

        _http.Dispose();
    }

    private static string MarkerOf(string name) => $"<<{name}'s alone>>";

    private static string HiddenPartOf(string name) => $"only-{name}-knows";

    private static string IdOf(string name, int n) => n < KnownEntities ? $"{name}/e{n}" : $"{name}/{HiddenPartOf(name)}-e{n}";

    private void Keep(string name, string marker) =>
        _scenario.Recorder.Add(new GrantRecord { At = HistoryRecorder.Now(), Kind = GrantRecord.Secret, Namespace = name, Marker = marker });

    // The token's own text is nobody's to receive, its owner's neither: it was told once.
    private void Grant(string name, LoadToken token)
    {
        Keep($"the token {token.Id}", token.Text);
        _scenario.Recorder.Add(new GrantRecord { At = HistoryRecorder.Now(), Kind = GrantRecord.Grant, Namespace = name, Token = token.Id });
    }

    private async Task WriteAsync(string name, int seed, CancellationToken stop)
    {
        using var client = new FluxClient($"writer-of-{name}", _scenario.Address, _scenario.Recorder, TimeProvider.System) { Token = _owners[name] };
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            await client.PublishAsync(OutgoingEvent.Create(
                $"{seed}-{i}", name, $$$"""{"entity_id":"{{{IdOf(name, (i + seed) % Entities)}}}","properties":{"secret":"{{{MarkerOf(name)}}}","n":{{{i}}}}}"""), Cancellation);
            if (i % 20 == 19)
            {
                await client.DeleteAsync(IdOf(name, i / 20 % Entities), Cancellation); // which every kind of socket may hear of
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Cancellation);
        }
    }

    // Everybody asks for everything, and tries to write where it may not: the refusal is an answer too.
    private async Task LookAsync(LoadToken? token, CancellationToken stop)
    {
        var name = $"eyes-of-{token?.Id ?? "nobody"}";
        using var client = new FluxClient(name, _scenario.Address, _scenario.Recorder, TimeProvider.System) { Token = token };
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            foreach (var ns in Names)
            {
                await client.LookAsync($"api/state/entities/{ns}%2Fe1", Cancellation);
                await client.LookAsync($"api/state/entities?namespace={ns}", Cancellation);
                await client.LookAsync($"api/events?entity={ns}%2Fe1&limit=5", Cancellation);
            }

            await client.LookAsync("api/state/entities", Cancellation);
            await client.TryPublishAsync(
                OutgoingEvent.Create($"{name}-{i}", name, """{"entity_id":"$flux/namespaces/acme","properties":{"n":1}}"""), Cancellation);
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancellation);
        }
    }

    // To everything, with all that is there to begin with.
    private async Task ListenAsync(LoadToken? token, SubscriptionProtocol protocol, CancellationToken stop)
    {
        var about = new SubscriptionDescription { Name = $"{protocol}-of-{token?.Id ?? "nobody"}", Scope = SubscriptionScope.Of("*"), Protocol = protocol };
        try
        {
            await using var feed = await ConnectAsync(about, token, stop);
            while (await feed.ReadAsync(stop) is { } frame)
            {
                var now = HistoryRecorder.Now();
                _scenario.Recorder.Add(new ReadRecord
                {
                    Sent = now,
                    Answered = now,
                    Client = about.Name,
                    Node = _scenario.Server.Node,
                    Token = token?.Id,
                    Entity = string.Empty,
                    Status = 200,
                    Raw = frame.Raw,
                });
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // It has heard enough.
        }
    }

    private async Task<ISubscriptionFeed> ConnectAsync(SubscriptionDescription about, LoadToken? token, CancellationToken stop)
    {
        var start = SubscriptionStart.Snapshot;
        if (about.Protocol == SubscriptionProtocol.ServerSentEvents)
        {
            return await EventFeed.ConnectAsync(_scenario.Address, token, about, start, start, hasSmallBuffer: false, stop);
        }

        var socket = await SocketFeed.ConnectAsync(_scenario.Address, token, hasSmallBuffer: false, stop);
        await socket.SubscribeAsync(about, start, stop);
        return socket;
    }

    private async Task<JsonElement> SendAsync(HttpMethod method, string path, string token, object? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(_scenario.Address, path)) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await _http.SendAsync(request, Cancellation);
        answer.EnsureSuccessStatusCode();
        var text = await answer.Content.ReadAsStringAsync(Cancellation);
        return text.Length == 0 ? default : JsonElement.Parse(text);
    }
}
