using System.Buffers;
using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Grains.Connections;
using Flux.Grains.Entities;
using Flux.Server.Events;
using Flux.Server.Hosting;
using Flux.Server.Namespaces;

namespace Flux.Server.Entities;

/// <summary>GET /api/state/entities and /api/state/entities/{id}. Source: wire-contract section 7.</summary>
internal sealed class EntityEndpoints(
    EntityGrains grains, EntityLister lister, EntityPager pager, AccessControl access, HeadWatch headWatch)
{
    // Sent as soon as it is this long, so that a list of a large world never stands in memory whole.
    private const int FlushBytes = 64 * 1024;

    public async Task GetAsync(HttpContext context)
    {
        var key = EntityPath.Read(context);
        await headWatch.ConfirmAsync(context.RequestAborted);
        if (!await access.MayReadAsync(context.Request, key) || await ReadAsync(key) is not { } entity)
        {
            await Errors.WriteAsync(context, StatusCodes.Status404NotFound, ErrorCodes.NotFound, "Entity not found");
            return;
        }

        var json = JsonAnswer.Rent();
        EntityJson.Write(json, key.Id, entity);
        context.Response.Headers.ETag = IfMatch.ToTag(entity.Version);
        await JsonAnswer.SendAsync(context, StatusCodes.Status200OK, json);
    }

    public async Task ListAsync(HttpContext context)
    {
        var query = QueryParameters.Read(context.Request);
        var page = EntityPageQuery.Read(query);
        var rights = access.RightsOf(context.Request);
        await headWatch.ConfirmAsync(context.RequestAborted);
        if (page is not null)
        {
            await lister.CatchUpAsync(context.RequestAborted);
            var (found, next) = await pager.ReadAsync(page, rights, context.RequestAborted);
            if (next is not null)
            {
                page.SetNext(context.Response, next);
            }

            await JsonAnswer.SendAsync(context, StatusCodes.Status200OK, found);
            return;
        }

        var entities = await lister.ListAsync(query["namespace"], query["prefix"] ?? string.Empty, context.RequestAborted);

        context.Response.ContentType = "application/json";
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        var output = context.Response.BodyWriter;
        var json = new ArrayBufferWriter<byte>(FlushBytes);
        JsonAnswer.Write(json, "["u8);
        var isFirst = true;
        await foreach (var entity in entities)
        {
            if (!rights.CanRead(entity.Id))
            {
                continue;
            }

            JsonAnswer.Write(json, isFirst ? default : ","u8);
            isFirst = false;
            EntityJson.Write(json, entity.Id, new EntitySnapshot(entity.Properties, entity.LastUpdated, entity.Version, Expiry: null));
            if (json.WrittenCount >= FlushBytes)
            {
                await output.WriteAsync(json.WrittenMemory, context.RequestAborted);
                json.ResetWrittenCount();
            }
        }

        JsonAnswer.Write(json, "]"u8);
        await output.WriteAsync(json.WrittenMemory, context.RequestAborted);
    }

    private async Task<EntitySnapshot?> ReadAsync(EntityKey key)
    {
        try
        {
            return await grains.Get(key).GetAsync();
        }
        catch (SiloUnavailableException)
        {
            return await grains.Get(key).GetAsync(); // its silo was lost: another one has it now
        }
    }
}
