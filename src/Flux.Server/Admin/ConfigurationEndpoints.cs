using System.Text.Json;
using Flux.Core.Configuration;
using Flux.Core.Events;
using Flux.Core.Json;
using Flux.Grains.Configuration;
using Flux.Grains.Namespaces;
using Flux.Server.Hosting;
using Flux.Server.Namespaces;

namespace Flux.Server.Admin;

/// <summary>GET and PUT /api/admin/config. Source: wire-contract section 12.</summary>
internal sealed class ConfigurationEndpoints(
    ManagementAccess access, RuntimeConfiguration configuration, SystemRecords records, IGrainFactory grains, TimeProvider time)
{
    public Task GetAsync(HttpContext context)
    {
        var limits = configuration.Current;
        var json = JsonAnswer.Rent();
        JsonAnswer.Write(json, "{\"rate_limit_enabled\":"u8);
        JsonAnswer.Write(json, limits.IsRateLimited ? "true"u8 : "false"u8);
        JsonAnswer.Write(json, ",\"rate_limit_per_namespace_per_minute\":"u8);
        JsonWrite.Number(json, limits.EventsPerMinute);
        JsonAnswer.Write(json, ",\"body_size_limit_single_bytes\":"u8);
        JsonWrite.Number(json, limits.SingleBodyBytes);
        JsonAnswer.Write(json, ",\"body_size_limit_batch_bytes\":"u8);
        JsonWrite.Number(json, limits.BatchBodyBytes);
        JsonAnswer.Write(json, "}"u8);
        return JsonAnswer.SendAsync(context, StatusCodes.Status200OK, json);
    }

    public async Task ChangeAsync(HttpContext context)
    {
        var change = await JsonBody.ReadAsync(context.Request, JsonBody.UsualLimit, time, ReadChange);
        var actor = access.RequireOperator(context.Request, "Unauthorized");
        await grains.GetGrain<IConfigurationGrain>(IConfigurationGrain.Key).ChangeAsync(actor, change);

        // In force here before the answer. No token: what is done is done, whether the client waits or not.
        await records.TryRefreshAsync(SystemEntity.Configuration);
        await GetAsync(context);
    }

    private static RuntimeLimitsChange ReadChange(JsonElement body)
    {
        var members = JsonMembers.Of(body);
        return new RuntimeLimitsChange
        {
            IsRateLimited = members.Flag(RuntimeLimits.IsRateLimitedName),
            EventsPerMinute = (int?)members.Number(RuntimeLimits.EventsPerMinuteName, 0, int.MaxValue),

            // With 0 nobody could publish any more, and what is too large could take the memory of a silo.
            SingleBodyBytes = (int?)members.Number(RuntimeLimits.SingleBodyBytesName, 1, FluxSettings.MostBodyBytes),
            BatchBodyBytes = (int?)members.Number(RuntimeLimits.BatchBodyBytesName, 1, FluxSettings.MostBodyBytes),
        };
    }
}
