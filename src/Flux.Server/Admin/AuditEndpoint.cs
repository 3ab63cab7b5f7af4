using System.Buffers;
using Flux.Core.Events;
using Flux.Core.Json;
using Flux.Core.Log;
using Flux.Core.Namespaces;
using Flux.Server.Hosting;
using Flux.Server.Namespaces;

namespace Flux.Server.Admin;

/// <summary>GET /api/admin/audit: who changed what of namespaces, tokens and configuration, oldest first. The operator's alone.</summary>
internal sealed class AuditEndpoint(IEventLog log, ManagementAccess access)
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 500;

    public async Task GetAsync(HttpContext context)
    {
        access.RequireAdminToken(context.Request);
        var query = QueryParameters.Read(context.Request);
        var after = ReadNumber(query, "after") ?? 0;
        var limit = (int)Math.Clamp(ReadNumber(query, "limit") ?? DefaultLimit, 1, MaxLimit);
        var (events, next) = await ReadAsync(ReadScope(query), new Position(after), limit, context.RequestAborted);

        var json = JsonAnswer.Rent();
        JsonAnswer.Write(json, "{\"events\":["u8);
        for (var i = 0; i < events.Count; i++)
        {
            JsonAnswer.Write(json, i == 0 ? default : ","u8);
            Write(json, events[i]);
        }

        JsonAnswer.Write(json, "],\"next\":"u8);
        JsonWrite.Number(json, next.Value);
        JsonAnswer.Write(json, "}"u8);
        await JsonAnswer.SendAsync(context, StatusCodes.Status200OK, json);
    }

    private static LogScope ReadScope(QueryParameters query) => query["namespace"] switch
    {
        null => new LogScope.OfNamespace(SystemEntity.Namespace),
        var name when NamespaceName.IsValid(name) => new LogScope.OfEntity(SystemEntity.OfNamespace(name)),
        _ => throw QueryParameters.Invalid("namespace: is not the name of a namespace"),
    };

    // The position after the last must exist.
    private static long? ReadNumber(QueryParameters query, string name) =>
        query.Number(name) is not { } number ? null : number < long.MaxValue ? (long)number : throw QueryParameters.NotWhole(name);

    private static void Write(ArrayBufferWriter<byte> json, RecordedEvent recorded)
    {
        var data = recorded.Data;
        JsonAnswer.Write(json, "{\"position\":"u8);
        JsonWrite.Number(json, recorded.Position.Value);
        JsonAnswer.Write(json, ",\"recordedAt\":"u8);
        JsonWrite.Time(json, recorded.RecordedAt, "+00:00"u8);
        JsonAnswer.Write(json, ",\"action\":"u8);
        JsonWrite.String(json, data.Stream);
        JsonAnswer.Write(json, ",\"actor\":"u8);
        JsonWrite.String(json, data.Source);
        JsonAnswer.Write(json, ",\"entity\":"u8);
        JsonWrite.String(json, data.Payload.EntityId);
        JsonAnswer.Write(json, ",\"changes\":{"u8);
        var isFirst = true;
        foreach (var property in data.Payload.Change.Properties)
        {
            JsonAnswer.Write(json, isFirst ? default : ","u8);
            isFirst = false;
            JsonWrite.String(json, property.Name);
            JsonAnswer.Write(json, ":"u8);
            if (NamespaceRecord.ReadToken(property) is { } token)
            {
                NamespaceAnswers.Write(json, token); // without its hash
            }
            else
            {
                JsonAnswer.Write(json, property.Value.Span);
            }
        }

        JsonAnswer.Write(json, "}}"u8);
    }

    /// <returns>The events, and the position after which to go on.</returns>
    private async Task<(List<RecordedEvent> Events, Position Next)> ReadAsync(
        LogScope scope, Position after, int limit, CancellationToken cancellationToken)
    {
        var events = new List<RecordedEvent>();
        while (true)
        {
            var page = await log.ReadAsync(scope, after.Next, ReadDirection.Forward, limit - events.Count, cancellationToken);
            events.AddRange(page.Events);
            after = page.Events is [.., var last] ? last.Position : after;
            if (page.IsLast || events.Count == limit)
            {
                return (events, after);
            }

            after = new Position(page.Next.Value - 1); // all before it was seen
        }
    }
}
