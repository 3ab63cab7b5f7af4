using System.Text.Json;
using Flux.Core.Events;
using Flux.Core.Json;
using Flux.Core.Log;
using Flux.Core.Namespaces;
using Flux.Grains.Namespaces;
using Flux.Server.Entities;
using Flux.Server.Hosting;

namespace Flux.Server.Namespaces;

/// <summary>POST /api/namespaces, GET and DELETE /api/namespaces/{name}. Source: wire-contract section 13.</summary>
internal sealed class NamespaceEndpoints(
    AccessControl access, NamespaceDirectory directory, SystemRecords records, EntityLister lister, IGrainFactory grains, TimeProvider time)
{
    private const string Operator = "operator";

    public async Task RegisterAsync(HttpContext context)
    {
        var name = await JsonBody.ReadAsync(context.Request, JsonBody.UsualLimit, time, ReadName);
        if (!access.IsEnabled)
        {
            throw NotAvailable();
        }

        RequireOperator(context.Request);
        if (NamespaceName.WhyInvalid(name) is { } reason)
        {
            throw new RequestRefusedException(StatusCodes.Status400BadRequest, ErrorCodes.InvalidNamespace, reason);
        }

        var outcome = await grains.GetGrain<INamespaceGrain>(name).RegisterAsync(Operator);
        if (outcome is not NamespaceOutcome.Done { Record: var record, Token: { } token })
        {
            throw new RequestRefusedException(StatusCodes.Status409Conflict, ErrorCodes.NameTaken, "Namespace name already exists");
        }

        await records.RefreshAsync(SystemEntity.OfNamespace(name), CancellationToken.None); // its owner writes next, through here
        var json = JsonAnswer.Rent();
        JsonAnswer.Write(json, "{\"namespaceId\":"u8);
        JsonWrite.String(json, record.Id);
        JsonAnswer.Write(json, ",\"name\":"u8);
        JsonWrite.String(json, record.Name);
        JsonAnswer.Write(json, ",\"token\":"u8);
        JsonWrite.String(json, token);
        JsonAnswer.Write(json, "}"u8);
        await JsonAnswer.SendAsync(context, StatusCodes.Status200OK, json);
    }

    public async Task GetAsync(HttpContext context)
    {
        if (!access.IsEnabled)
        {
            throw NotAvailable();
        }

        var record = await FindAsync(ReadName(context), context.RequestAborted);
        var count = await MayCountAsync(context.Request, record) ? await lister.CountAsync([record.Name], context.RequestAborted) : 0;
        var json = JsonAnswer.Rent();
        JsonAnswer.Write(json, "{\"namespaceId\":"u8);
        JsonWrite.String(json, record.Id);
        JsonAnswer.Write(json, ",\"name\":"u8);
        JsonWrite.String(json, record.Name);
        JsonAnswer.Write(json, ",\"createdAt\":"u8);
        JsonWrite.Time(json, new Timestamp(record.CreatedAt * 1000), "+00:00"u8);
        JsonAnswer.Write(json, ",\"entityCount\":"u8);
        JsonWrite.Number(json, count);
        JsonAnswer.Write(json, "}"u8);
        await JsonAnswer.SendAsync(context, StatusCodes.Status200OK, json);
    }

    public async Task DeleteAsync(HttpContext context)
    {
        RequireOperator(context.Request);
        var name = ReadName(context);
        if (!NamespaceName.IsValid(name) || await grains.GetGrain<INamespaceGrain>(name).DeleteAsync(Operator) is not NamespaceOutcome.Done)
        {
            throw NotFound();
        }

        await records.RefreshAsync(SystemEntity.OfNamespace(name), CancellationToken.None);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static string ReadName(HttpContext context) => (string)context.Request.RouteValues["name"]!;

    private static string ReadName(JsonElement body) =>
        body.ValueKind == JsonValueKind.Object && body.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String
            ? name.GetString()!
            : throw new RequestRefusedException(StatusCodes.Status400BadRequest, ErrorCodes.InvalidNamespace, "name: is required, a string");

    private static RequestRefusedException NotAvailable() => new(
        StatusCodes.Status404NotFound, ErrorCodes.NotFound, "Namespace registration not available (auth disabled)");

    private static RequestRefusedException NotFound() => new(StatusCodes.Status404NotFound, ErrorCodes.NotFound, "Namespace not found");

    private void RequireOperator(HttpRequest request)
    {
        if (!access.IsOperator(request))
        {
            throw new RequestRefusedException(StatusCodes.Status401Unauthorized, ErrorCodes.AdminRequired, "Admin token required");
        }
    }

    // That a name is taken is public; how much is in a hidden one is not.
    private async ValueTask<bool> MayCountAsync(HttpRequest request, NamespaceRecord record) =>
        record.State != NamespaceState.Banned && await access.MayReadAsync(request, EntityKey.Trusted($"{record.Name}/"));

    private async ValueTask<NamespaceRecord> FindAsync(string name, CancellationToken cancellationToken)
    {
        if (!NamespaceName.IsValid(name))
        {
            throw NotFound();
        }

        if (directory.Find(name) is not { IsRegistered: true })
        {
            await records.RefreshAsync(SystemEntity.OfNamespace(name), cancellationToken); // registered a moment ago through another silo?
        }

        return directory.Find(name) is { IsRegistered: true } record ? record : throw NotFound();
    }
}
