using Flux.Server.Tests.BadInput;
using Flux.Server.Tests.Contract;

namespace Flux.Server.Tests.Namespaces;

/// <summary>What many tenants do on one server at once, allowed and not, and all that comes back.</summary>
/// <remarks>What is done is random, but not what is expected: whatever comes back is judged by who holds which token, in any order of events.</remarks>
internal sealed class TenantTraffic(OwnedServer server, IReadOnlyList<Tenant> tenants, Tenant gate, LeakChecker checker) : IAsyncDisposable
{
    private const int RandomRequests = 24;
    private const int Entities = 4;

    private readonly List<TenantSocket> _sockets = [];

    /// <summary>Gets the entity that everybody hears of last.</summary>
    private string Fence => $"{gate.Name}/fence";

    /// <summary>Gets a socket that wants everything and may see what is open.</summary>
    public TenantSocket Bystander { get; private set; } = null!;

    /// <summary>Opens the sockets, runs the traffic, and waits until every socket has seen all of it that it ever will.</summary>
    public async Task RunAsync(int seed)
    {
        Bystander = await OpenAsync(holder: null, "/api/ws", header: null);
        for (var i = 0; i < tenants.Count; i++)
        {
            var (self, other) = (tenants[i], tenants[(i + 1) % tenants.Count]);
            await OpenAsync(self, "/api/ws", OwnedServer.As(self.Token));
            await OpenStrangerAsync(i, self, other);
        }

        Task[] watching = [.. _sockets.Select(socket => socket.WatchUntilAsync(Fence))];
        await Task.WhenAll(tenants.Select((tenant, i) => ActAsync(tenant, new Random(seed + i))));
        await Task.WhenAll(tenants.Select(InspectAsync));
        await server.SetAsync(Fence, gate.Token);
        await Task.WhenAll(watching);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var socket in _sockets)
        {
            await socket.DisposeAsync();
        }
    }

    // Another way of looking at the neighbour for each.
    private Task<TenantSocket> OpenStrangerAsync(int way, Tenant self, Tenant other) => (way % 7) switch
    {
        0 => OpenAsync(holder: null, "/api/ws", header: null),
        1 => OpenAsync(holder: null, "/api/ws", header: null, "*"),
        2 => OpenAsync(holder: null, "/api/ws", header: null, [.. Enumerable.Range(0, Entities).Select(other.Id), Fence]),
        3 => OpenAsync(holder: null, "/api/ws", header: null, $"{other.Name}/*", Fence),
        4 => OpenAsync(self, "/api/ws", OwnedServer.As(self.Token), $"{other.Name}/*", Fence),
        5 => OpenAsync(holder: null, "/api/ws", "Authorization: Bearer made-up", "*"),
        _ => OpenAsync(holder: null, $"/api/ws?token={other.Token}", header: null, $"{other.Name}/*", Fence),
    };

    private async Task<TenantSocket> OpenAsync(Tenant? holder, string target, string? header, params string[] patterns)
    {
        var raw = await RawWebSocket.OpenAsync(server.Http.Port, target, header is null ? [] : [header]);
        var socket = new TenantSocket(raw, holder, checker);
        _sockets.Add(socket);
        foreach (var pattern in patterns)
        {
            await raw.SubscribeAsync(pattern);
        }

        await raw.RoundTripAsync();
        return socket;
    }

    private async Task ActAsync(Tenant self, Random random)
    {
        for (var n = 0; n < RandomRequests; n++)
        {
            await ActAsync(self, tenants[random.Next(tenants.Count)], random, n * 10);
        }

        // What the inspection is to find.
        await PublishAsync(self, self.Id(0), RandomRequests * 10);
        await PublishAsync(self, self.SecretId, (RandomRequests * 10) + 1);
        await SendAsync(self, "delete", RawRequest.Of("DELETE", RawRequest.EntityPath(self.SecretId), OwnedServer.As(self.Token)));
        await PublishAsync(self, self.SecretId, (RandomRequests * 10) + 2);
    }

    private Task ActAsync(Tenant self, Tenant other, Random random, int n)
    {
        var id = self.Id(random.Next(Entities));
        var othersId = other.Id(random.Next(Entities));
        var own = OwnedServer.As(self.Token);
        return random.Next(16) switch
        {
            0 or 1 or 2 => PublishAsync(self, id, n),
            3 => PublishAsync(self, self.SecretId, n),
            4 or 5 => SendAsync(self, "batch", RawRequest.Batch($"[{self.Event(id, n)},{self.Event(othersId, n + 1)},{self.Event(self.SecretId, n + 2)}]", own)),
            6 => SendAsync(self, "delete", RawRequest.Of("DELETE", RawRequest.EntityPath(id), own)),
            7 => SendAsync(self, "delete", RawRequest.DeleteMany($$"""{"entity_ids":["{{id}}","{{othersId}}"]}""", own)),
            8 when other != self => SendAsync(self, "delete", RawRequest.DeleteMany($$"""{"namespace":"{{other.Name}}"}""", own)),
            9 => SendAsync(self, "publish", RawRequest.Publish(self.Event(othersId, n), own)),
            10 => SendAsync(holder: null, "publish", RawRequest.Publish(Good.Event(othersId, "{\"n\":1}"), "Authorization: Bearer made-up")),
            11 => SendAsync(holder: null, "delete", RawRequest.Of("DELETE", RawRequest.EntityPath(othersId))),
            12 => SendAsync(self, "read", RawRequest.Get(RawRequest.EntityPath(othersId), own)),
            13 => SendAsync(self, "manage", RawRequest.Get($"/api/namespaces/{other.Name}/tokens", own)),
            14 when other != self => SendAsync(self, "manage", RawRequest.With("PUT", $"/api/namespaces/{other.Name}", RawRequest.Bytes("""{"private":false}"""), own)),
            15 => SendAsync(holder: null, "manage", RawRequest.Get($"/api/namespaces/{other.Name}")),
            _ => SendAsync(holder: null, "publish", RawRequest.Publish($$"""{"payload":{"entity_id":"{{othersId}}","properties":""")),
        };
    }

    /// <summary>Asks for everything of a tenant: as its owner, as its neighbour, with a token that is none, and without.</summary>
    private async Task InspectAsync(Tenant tenant)
    {
        var neighbour = tenants.First(other => other != tenant);
        (Tenant? Holder, string[] Headers)[] readers =
        [
            (tenant, [OwnedServer.As(tenant.Token)]),
            (neighbour, [OwnedServer.As(neighbour.Token)]),
            (null, ["Authorization: Bearer made-up"]),
            (null, []),
        ];
        foreach (var (holder, headers) in readers)
        {
            await SendAsync(holder, "read", RawRequest.Get(RawRequest.EntityPath(tenant.Id(0)), headers));
            await SendAsync(holder, "list", RawRequest.Get($"{Wire.Entities}?namespace={tenant.Name}", headers));
            await SendAsync(holder, "list", RawRequest.Get($"{Wire.Entities}?prefix={tenant.Name}/", headers));
            await SendAsync(holder, "history", RawRequest.Get($"/api/events?entity={Uri.EscapeDataString(tenant.Id(0))}", headers));
        }

        await SendAsync(holder: null, "list", RawRequest.Get(Wire.Entities));
    }

    private async Task PublishAsync(Tenant self, string id, int n)
    {
        var answer = await SendAsync(self, "publish", RawRequest.Publish(self.Event(id, n), OwnedServer.As(self.Token)));
        Assert.True(answer.Status == 200, $"{answer}");
    }

    private async Task<RawAnswer> SendAsync(Tenant? holder, string channel, byte[] request)
    {
        var answer = await server.Http.SendAsync(request);
        checker.Saw(holder, channel, answer.Body);
        checker.Saw(holder, channel, RawRequest.Bytes([.. answer.Headers.Select(header => (object)header.Value)]));
        return answer;
    }
}
