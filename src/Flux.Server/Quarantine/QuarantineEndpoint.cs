using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Json;
using Flux.Server.Hosting;
using Flux.Server.Namespaces;

namespace Flux.Server.Quarantine;

/// <summary>GET /api/admin/quarantine: the entities that nobody may read or write, and why. The operator's alone.</summary>
internal sealed class QuarantineEndpoint(IReadModel readModel, ManagementAccess access)
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1_000;

    public async Task GetAsync(HttpContext context)
    {
        access.RequireAdminToken(context.Request);
        var query = QueryParameters.Read(context.Request);
        if (query["after"] is { } after && !StoredText.IsValid(after))
        {
            throw QueryParameters.Invalid("after: was not given out");
        }

        var limit = (int)Math.Clamp(query.Number("limit") ?? DefaultLimit, 1, MaxLimit);
        var page = await readModel.ReadQuarantinedAsync(query["after"], limit, context.RequestAborted);
        var json = JsonAnswer.Rent();
        JsonAnswer.Write(json, "{\"entities\":["u8);
        for (var i = 0; i < page.Count; i++)
        {
            JsonAnswer.Write(json, i == 0 ? "{\"entity_id\":"u8 : ",{\"entity_id\":"u8);
            JsonWrite.String(json, page[i].Id);
            JsonAnswer.Write(json, ",\"position\":"u8);
            JsonWrite.Number(json, page[i].Damage.Position.Value);
            JsonAnswer.Write(json, ",\"version\":"u8);
            JsonWrite.Number(json, page[i].Damage.Version);
            JsonAnswer.Write(json, ",\"reason\":"u8);
            JsonWrite.String(json, page[i].Damage.Reason);
            JsonAnswer.Write(json, "}"u8);
        }

        JsonAnswer.Write(json, "]"u8);
        if (page.Count == limit)
        {
            JsonAnswer.Write(json, ",\"next\":"u8);
            JsonWrite.String(json, page[^1].Id);
        }

        JsonAnswer.Write(json, "}"u8);
        await JsonAnswer.SendAsync(context, StatusCodes.Status200OK, json);
    }
}
