using System.Text.Json;
using Flux.Core.Events;
using Flux.Core.Json;
using Flux.Core.Log;
using Flux.Core.Namespaces;
using Flux.Grains.Namespaces;
using Flux.Server.Entities;
using Flux.Server.Hosting;

namespace Flux.Server.Namespaces;

/// <summary>POST /api/namespaces, GET and DELETE /api/namespaces/{name} (wire-contract section 13), and PUT, which is ours.</summary>
internal sealed class NamespaceEndpoints(
    ManagementAccess access, AccessControl readers, EntityLister lister, IGrainFactory grains, TimeProvider time)
{
    public async Task RegisterAsync(HttpContext context)
    {
        var name = await JsonBody.ReadAsync(context.Request, JsonBody.UsualLimit, time, ReadName);
        access.RequireOwnership();
        var actor = access.RequireOperator(context.Request);
        if (NamespaceName.WhyInvalid(name) is { } reason)
        {
            throw new RequestRefusedException(StatusCodes.Status400BadRequest, ErrorCodes.InvalidNamespace, reason);
        }

        var done = await access.SettleAsync(name, await grains.GetGrain<INamespaceGrain>(name).RegisterAsync(actor));
        var json = JsonAnswer.Rent();
        JsonAnswer.Write(json, "{\"namespaceId\":"u8);
        JsonWrite.String(json, done.Record.Id);
        JsonAnswer.Write(json, ",\"name\":"u8);
        JsonWrite.String(json, done.Record.Name);
        JsonAnswer.Write(json, ",\"token\":"u8);
        JsonWrite.String(json, done.Token);
        JsonAnswer.Write(json, "}"u8);
        await JsonAnswer.SendAsync(context, StatusCodes.Status200OK, json);
    }

    public async Task GetAsync(HttpContext context)
    {
        access.RequireOwnership();
        var record = await access.FindAsync(ManagementAccess.NameIn(context), context.RequestAborted);
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
        var actor = access.RequireOperator(context.Request);
        var name = ManagementAccess.NameIn(context);
        if (!NamespaceName.IsValid(name))
        {
            throw ManagementAccess.NotFound();
        }

        await access.SettleAsync(name, await grains.GetGrain<INamespaceGrain>(name).DeleteAsync(actor));
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary>Makes a namespace private, or open again.</summary>
    public async Task ChangeAsync(HttpContext context)
    {
        var name = ManagementAccess.NameIn(context);
        var change = await JsonBody.ReadAsync(context.Request, JsonBody.UsualLimit, time, ReadChange);
        var actor = await access.RequireManagerAsync(context.Request, name);
        var done = await access.SettleAsync(name, await grains.GetGrain<INamespaceGrain>(name).ChangeAsync(actor, "visibility.changed", change));
        await NamespaceAnswers.SendAsync(context, done.Record, Timestamp.From(time.GetUtcNow()));
    }

    private static string ReadName(JsonElement body) =>
        body.ValueKind == JsonValueKind.Object && body.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String
            ? name.GetString()!
            : throw new RequestRefusedException(StatusCodes.Status400BadRequest, ErrorCodes.InvalidNamespace, "name: is required, a string");

    // That a name is taken is public; how much is in a hidden one is not.
    private async ValueTask<bool> MayCountAsync(HttpRequest request, NamespaceRecord record) =>
        record.State != NamespaceState.Banned && await readers.MayReadAsync(request, EntityKey.Trusted($"{record.Name}/"));

    private static NamespaceChange ReadChange(JsonElement body) => new()
    {
        IsPrivate = JsonMembers.Of(body).Flag("private") ?? throw JsonMembers.Missing("private: is required, true or false"),
    };
}
