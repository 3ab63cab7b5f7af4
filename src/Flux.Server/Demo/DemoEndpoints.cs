using Flux.Core.Json;
using Flux.Core.Log;
using Flux.Grains.Demo;
using Flux.Server.Hosting;
using Flux.Server.Namespaces;

namespace Flux.Server.Demo;

/// <summary>POST, GET and DELETE /api/demo: starts the demo world, says how it stands, and takes it away. With authentication the operator alone starts and ends it.</summary>
internal sealed class DemoEndpoints(IGrainFactory grains, AccessControl access, ManagementAccess management)
{
    private IDemoGrain Demo => grains.GetGrain<IDemoGrain>(0);

    public async Task StartAsync(HttpContext context)
    {
        if (await Demo.StartAsync(OwnerFor(context.Request)) is { } reason)
        {
            throw new RequestRefusedException(StatusCodes.Status409Conflict, ErrorCodes.NameTaken, reason);
        }

        await GetAsync(context);
    }

    public async Task GetAsync(HttpContext context)
    {
        var status = await Demo.GetAsync();
        var json = JsonAnswer.Rent();
        JsonAnswer.Write(json, "{\"state\":"u8);
        JsonAnswer.Write(json, status switch { { EndsAt: not null } => "\"running\""u8, { IsThere: true } => "\"ended\""u8, _ => "\"none\""u8 });
        if (status.EndsAt is { } end)
        {
            JsonAnswer.Write(json, ",\"ends_at\":"u8);
            JsonWrite.Time(json, Timestamp.From(end), "Z"u8);
        }

        JsonAnswer.Write(json, "}"u8);
        await JsonAnswer.SendAsync(context, StatusCodes.Status200OK, json);
    }

    public async Task EndAsync(HttpContext context)
    {
        var deleted = await Demo.EndAsync(OwnerFor(context.Request));
        var json = JsonAnswer.Rent();
        JsonAnswer.Write(json, "{\"deleted\":"u8);
        JsonWrite.Number(json, deleted);
        JsonAnswer.Write(json, "}"u8);
        await JsonAnswer.SendAsync(context, StatusCodes.Status200OK, json);
    }

    // Without authentication everybody may write everything, and nobody owns a namespace.
    private string? OwnerFor(HttpRequest request) => access.IsEnabled ? management.RequireOperator(request) : null;
}
