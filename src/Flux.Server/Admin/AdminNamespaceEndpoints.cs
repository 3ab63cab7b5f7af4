using System.Buffers;
using System.Text.Json;
using Flux.Core.Log;
using Flux.Core.Namespaces;
using Flux.Grains.Namespaces;
using Flux.Server.Hosting;
using Flux.Server.Namespaces;

namespace Flux.Server.Admin;

/// <summary>What the operator alone sees and sets of namespaces: GET /api/admin/namespaces, PUT /api/admin/namespaces/{name}.</summary>
internal sealed class AdminNamespaceEndpoints(ManagementAccess access, NamespaceDirectory directory, IGrainFactory grains, TimeProvider time)
{
    public async Task ListAsync(HttpContext context)
    {
        access.RequireAdminToken(context.Request);
        access.RequireOwnership();
        context.Response.ContentType = "application/json";
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        var now = Timestamp.From(time.GetUtcNow());
        var json = new ArrayBufferWriter<byte>(JsonAnswer.FlushBytes);
        var isFirst = true;
        json.Write("["u8);
        foreach (var record in directory.All.OrderBy(record => record.Name, StringComparer.Ordinal))
        {
            json.Write(isFirst ? default : ","u8);
            isFirst = false;
            NamespaceAnswers.Write(json, record, now);
            if (json.WrittenCount >= JsonAnswer.FlushBytes)
            {
                await context.Response.BodyWriter.WriteAsync(json.WrittenMemory, context.RequestAborted);
                json.ResetWrittenCount();
            }
        }

        json.Write("]"u8);
        await context.Response.BodyWriter.WriteAsync(json.WrittenMemory, context.RequestAborted);
    }

    public async Task ChangeAsync(HttpContext context)
    {
        var change = await JsonBody.ReadAsync(context.Request, JsonBody.UsualLimit, time, ReadChange);
        access.RequireAdminToken(context.Request);
        access.RequireOwnership();
        var name = ManagementAccess.NameIn(context);
        if (!NamespaceName.IsValid(name))
        {
            throw ManagementAccess.NotFound();
        }

        var grain = grains.GetGrain<INamespaceGrain>(name);
        var done = await access.SettleAsync(name, await grain.ChangeAsync(ManagementAccess.Operator, NameOf(change), change));
        await NamespaceAnswers.SendAsync(context, done.Record, Timestamp.From(time.GetUtcNow()));
    }

    private static string NameOf(NamespaceChange change) => change switch
    {
        { State: not null, Limits: not null } => "changed",
        { Limits: not null } => "limits.changed",
        _ => "state.changed",
    };

    private static NamespaceChange ReadChange(JsonElement body)
    {
        var members = JsonMembers.Of(body);
        return new NamespaceChange
        {
            State = members.Text("state") switch
            {
                null => null,
                "active" => NamespaceState.Active,
                "suspended" => NamespaceState.Suspended,
                "banned" => NamespaceState.Banned,
                _ => throw JsonMembers.Invalid("state: must be active, suspended or banned"),
            },
            Limits = members.Object("limits") is { } limits ? ReadLimits(limits) : null,
        };
    }

    private static NamespaceLimits ReadLimits(JsonMembers limits) => new()
    {
        EventsPerMinute = (int?)limits.Number("eventsPerMinute", 0, int.MaxValue),
        Entities = limits.Number("entities", 0, long.MaxValue),
        Sockets = (int?)limits.Number("sockets", 0, int.MaxValue),
        Subscriptions = (int?)limits.Number("subscriptions", 0, int.MaxValue),
        EventBytes = (int?)limits.Number("eventBytes", 1, FluxSettings.MostBodyBytes),
    };
}
