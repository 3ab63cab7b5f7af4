using System.Text;
using System.Text.Json;
using Flux.Server.Tests.Contract;

namespace Flux.Server.Tests.Namespaces;

/// <summary>A socket whose every frame goes to the checker.</summary>
internal sealed class TenantSocket(RawWebSocket socket, Tenant? holder, LeakChecker checker) : IAsyncDisposable
{
    private readonly HashSet<long> _positions = [];

    /// <summary>Gets how many events were pushed.</summary>
    public int Events => _positions.Count;

    /// <summary>Watches until there is a message about an entity: all that was published before has come then, or never will.</summary>
    public async Task WatchUntilAsync(string entityId)
    {
        while (true)
        {
            var message = await NextAsync();
            if (message.TryGetProperty("entity_id", out var id))
            {
                _positions.Add(message.GetProperty("position").GetInt64());
                if (id.GetString() == entityId)
                {
                    return;
                }
            }
        }
    }

    public async Task<JsonElement> NextMetricsAsync()
    {
        JsonElement message;
        while ((message = await NextAsync()).Text("type") != "metrics_update")
        {
        }

        return message;
    }

    public ValueTask DisposeAsync() => socket.DisposeAsync();

    private async Task<JsonElement> NextAsync()
    {
        var message = await socket.NextMessageAsync("the end of the traffic", withMetrics: true);
        checker.Saw(holder, message.Text("type")!, Encoding.UTF8.GetBytes(message.GetRawText()));
        return message;
    }
}
