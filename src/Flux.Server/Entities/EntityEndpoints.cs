using System.Buffers;
using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Log;
using Flux.Grains.Connections;
using Flux.Grains.Entities;
using Flux.Server.Events;
using Flux.Server.Hosting;
using Flux.Server.Namespaces;

namespace Flux.Server.Entities;

/// <summary>GET /api/state/entities and /api/state/entities/{id}. Source: wire-contract section 7.</summary>
internal sealed class EntityEndpoints(
    EntityGrains grains,
    EntityLister lister,
    EntityPager pager,
    IPastStates past,
    AsOf asOf,
    Provenance provenance,
    AccessControl access,
    HeadWatch headWatch)
{
    private const string PositionHeader = "Flux-Position";
    private const string TableName = "entities";

    private static readonly string[] Columns = ["id", "version", "lastUpdated", "properties"];

    public async Task GetAsync(HttpContext context)
    {
        var key = EntityPath.Read(context);
        var query = QueryParameters.ReadOnly(context.Request, "at", "detail");
        var isDetailed = ReadDetail(query);
        await headWatch.ConfirmAsync(context.RequestAborted);
        Position? position = query["at"] is null ? null : await asOf.ResolveAsync(query, context.RequestAborted);
        if (!await access.MayReadAsync(context.Request, key) || await ReadAsync(key, position, context.RequestAborted) is not { } entity)
        {
            await Errors.WriteAsync(context, StatusCodes.Status404NotFound, ErrorCodes.NotFound, "Entity not found");
            return;
        }

        var sources = isDetailed ? await provenance.FindAsync(key, entity, context.RequestAborted) : null;
        if (position is { } past)
        {
            TellPosition(context, past);
        }
        else
        {
            context.Response.Headers.ETag = IfMatch.ToTag(entity.Version);
        }

        var json = JsonAnswer.Rent();
        EntityJson.Write(json, key.Id, entity, position, sources);
        await JsonAnswer.SendAsync(context, StatusCodes.Status200OK, json);
    }

    public async Task ListAsync(HttpContext context)
    {
        var query = QueryParameters.Read(context.Request);
        var (page, isTable) = (EntityPageQuery.Read(query), CsvTable.IsWanted(context.Request, query));
        var rights = access.RightsOf(context.Request);
        await headWatch.ConfirmAsync(context.RequestAborted);
        Position? at = query["at"] is null ? null : await asOf.ResolveAsync(query, context.RequestAborted);
        if (at is { } told)
        {
            TellPosition(context, told);
        }

        if (page is not null)
        {
            page = page with { At = at, IsTable = isTable };
            await (at is { } position ? lister.WaitForAsync(position, context.RequestAborted) : lister.CatchUpAsync(context.RequestAborted));
            var (found, next) = await pager.ReadAsync(page, rights, context.RequestAborted);
            if (next is not null)
            {
                page.SetNext(context.Response, next);
            }

            if (isTable)
            {
                var rows = new CsvTable(Columns);
                rows.AddAll(found.WrittenMemory);
                await rows.SendAsync(context, TableName);
                return;
            }

            await JsonAnswer.SendAsync(context, StatusCodes.Status200OK, found);
            return;
        }

        var (ns, prefix) = (query["namespace"], query["prefix"] ?? string.Empty);
        var entities = at is { } moment
            ? await lister.ListAsync(ns, prefix, moment, context.RequestAborted)
            : await lister.ListAsync(ns, prefix, context.RequestAborted);
        if (isTable)
        {
            await SendTableAsync(context, entities, rights);
            return;
        }

        context.Response.ContentType = "application/json";
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        var output = context.Response.BodyWriter;
        var json = new ArrayBufferWriter<byte>(JsonAnswer.FlushBytes);
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
            if (json.WrittenCount >= JsonAnswer.FlushBytes)
            {
                await output.WriteAsync(json.WrittenMemory, context.RequestAborted);
                json.ResetWrittenCount();
            }
        }

        JsonAnswer.Write(json, "]"u8);
        await output.WriteAsync(json.WrittenMemory, context.RequestAborted);
    }

    private static bool ReadDetail(QueryParameters query) => query["detail"] switch
    {
        null => false,
        "provenance" => true,
        _ => throw QueryParameters.Invalid("detail: must be provenance"),
    };

    private static async Task SendTableAsync(HttpContext context, IAsyncEnumerable<ListedEntity> entities, ReadRights rights)
    {
        CsvTable.Announce(context.Response, TableName);
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        var (table, json) = (new CsvTable(Columns), new ArrayBufferWriter<byte>());
        await foreach (var entity in entities)
        {
            if (!rights.CanRead(entity.Id))
            {
                continue;
            }

            json.ResetWrittenCount();
            EntityJson.Write(json, entity.Id, new EntitySnapshot(entity.Properties, entity.LastUpdated, entity.Version, Expiry: null));
            table.Add(json.WrittenMemory);
            if (table.WrittenCount >= JsonAnswer.FlushBytes)
            {
                await table.FlushAsync(context);
            }
        }

        await table.FlushAsync(context);
    }

    private static void TellPosition(HttpContext context, Position position)
    {
        context.Response.Headers[PositionHeader] = position.ToString();
        context.Response.Headers.AppendCommaSeparatedValues("Access-Control-Expose-Headers", PositionHeader); // pages of other origins see no other header
    }

    private async Task<EntitySnapshot?> ReadAsync(EntityKey key, Position? position, CancellationToken cancellationToken) =>
        position is { } at ? EntitySnapshot.Of(await past.LoadAsync(key, at, cancellationToken)) : await ReadAsync(key);

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
