using Flux.Core.Events;
using Flux.Core.Json;
using Flux.Core.Log;
using Flux.Core.Namespaces;
using Flux.Grains.Namespaces;
using Flux.Grains.Status;
using Flux.Server.Entities;
using Flux.Server.Hosting;
using Flux.Server.Limits;
using Flux.Server.Subscriptions;
using Microsoft.Extensions.Options;

namespace Flux.Server.Namespaces;

/// <summary>GET /api/namespaces/{name}/usage: what a namespace uses on all silos, and what it may use. For the operator and the namespace's admins.</summary>
internal sealed class UsageEndpoint(
    ManagementAccess access,
    SystemRecords records,
    EntityLister lister,
    SiloSurvey survey,
    RateLimiter rates,
    IOptions<SubscriptionOptions> sockets,
    TimeProvider time)
{
    public async Task GetAsync(HttpContext context)
    {
        var name = ManagementAccess.NameIn(context);
        await access.RequireManagerAsync(context.Request, name);
        await records.RefreshAsync(SystemEntity.OfNamespace(name), context.RequestAborted); // changed a moment ago through another silo?
        var record = await access.FindAsync(name, context.RequestAborted);
        var asked = survey.AskAsync(silo => silo.ReadUseAsync(name), context.RequestAborted);
        var entities = await lister.CountAsync([name], context.RequestAborted);
        var answers = await asked;
        var uses = answers.Select(answer => answer.Answer).OfType<NamespaceUse>().ToList();

        var json = JsonAnswer.Rent();
        JsonAnswer.Write(json, "{\"namespace\":"u8);
        NamespaceAnswers.Write(json, record, Timestamp.From(time.GetUtcNow()));
        JsonAnswer.Write(json, ",\"inForce\":"u8);
        NamespaceAnswers.Write(json, InForce(record));
        JsonAnswer.Write(json, ",\"entities\":"u8);
        JsonWrite.Number(json, entities);
        JsonAnswer.Write(json, ",\"events\":"u8);
        JsonWrite.Number(json, uses.Sum(use => use.Events));
        JsonAnswer.Write(json, ",\"sockets\":"u8);
        JsonWrite.Number(json, uses.Sum(use => use.Sockets));
        JsonAnswer.Write(json, ",\"subscriptions\":"u8);
        JsonWrite.Number(json, uses.Sum(use => use.Subscriptions));
        JsonAnswer.Write(json, ",\"silos\":{\"asked\":"u8);
        JsonWrite.Number(json, answers.Count);
        JsonAnswer.Write(json, ",\"answered\":"u8);
        JsonWrite.Number(json, uses.Count);
        JsonAnswer.Write(json, "}}"u8);
        await JsonAnswer.SendAsync(context, StatusCodes.Status200OK, json);
    }

    private NamespaceLimits InForce(NamespaceRecord record) => record.Limits with
    {
        EventsPerMinute = rates.LimitInForce(record),
        Sockets = record.Limits.Sockets ?? sockets.Value.MaxSocketsOfNamespace,
        Subscriptions = record.Limits.Subscriptions ?? sockets.Value.MaxSubscriptionsOfNamespace,
    };
}
