using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using Flux.Core.Json;
using Flux.Core.Log;
using Flux.EventLog;
using Flux.Grains.Work;
using Flux.Server.Hosting;
using Flux.Server.Namespaces;
using Microsoft.AspNetCore.Http.Features;

namespace Flux.Server.Work;

/// <summary>/api/admin/work: long work that the operator asks for, of all silos: started, watched, called off.</summary>
internal sealed class WorkEndpoints(ManagementAccess access, WorkRunner runner, LogReview review, IGrainFactory grains, TimeProvider time)
{
    private const string Verify = "verify";
    private const string Export = "export";

    private IWorkGrain Board => grains.GetGrain<IWorkGrain>(IWorkGrain.Key);

    /// <summary>Begins a verification, or gives out the address of an export, which begins when somebody fetches it.</summary>
    public async Task BeginAsync(HttpContext context)
    {
        var (kind, subject) = await JsonBody.ReadAsync(context.Request, JsonBody.UsualLimit, time, ReadRequest);
        access.RequireOperator(context.Request);
        if (kind == Export)
        {
            access.RequireAdminToken(context.Request); // what is hidden is in it
        }

        var now = time.GetUtcNow();
        var item = new WorkItem
        {
            Id = Guid.CreateVersion7(now).ToString("N"),
            Kind = kind,
            Subject = subject,
            State = kind == Export ? WorkState.Waiting : WorkState.Running,
            StartedAt = now,
            HeardAt = now,
            Key = kind == Export ? RandomNumberGenerator.GetHexString(64, lowercase: true) : string.Empty,
        };
        if (!await Board.BeginAsync(item))
        {
            throw new RequestRefusedException(StatusCodes.Status409Conflict, ErrorCodes.WorkInProgress, $"kind: one {kind} is under way or about to begin; wait for its end, or call it off");
        }

        if (kind == Verify)
        {
            _ = runner.RunAsync(item, VerifyAsync, CancellationToken.None); // it tells the board how it ends
        }

        var json = JsonAnswer.Rent();
        Write(json, item, file: kind == Export ? $"{WorkApi.Path}/{item.Id}/file?key={item.Key}" : null);
        await JsonAnswer.SendAsync(context, StatusCodes.Status202Accepted, json);
    }

    public async Task ListAsync(HttpContext context)
    {
        access.RequireOperator(context.Request);
        var items = await Board.ListAsync();
        var json = JsonAnswer.Rent();
        JsonAnswer.Write(json, "["u8);
        for (var i = 0; i < items.Length; i++)
        {
            JsonAnswer.Write(json, i == 0 ? default : ","u8);
            Write(json, items[i], file: null);
        }

        JsonAnswer.Write(json, "]"u8);
        await JsonAnswer.SendAsync(context, StatusCodes.Status200OK, json);
    }

    public async Task CancelAsync(HttpContext context)
    {
        access.RequireOperator(context.Request);
        if (!await Board.CancelAsync((string)context.Request.RouteValues["id"]!))
        {
            throw NotFound("no such work is under way");
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary>Sends an export while it is made. A browser that follows an address can show no token, so what was given out with the address counts.</summary>
    public async Task FetchAsync(HttpContext context)
    {
        var key = QueryParameters.Read(context.Request)["key"] ?? string.Empty;
        if (await Board.ClaimAsync((string)context.Request.RouteValues["id"]!, key) is not { } item)
        {
            throw NotFound("no such export waits to be fetched: ask for a new one");
        }

        var response = context.Response;
        response.ContentType = "application/x-ndjson";
        response.Headers.ContentDisposition = $"attachment; filename=\"flux-{item.StartedAt.UtcDateTime:yyyyMMdd-HHmmss}.jsonl\"";
        response.Headers.CacheControl = "no-store";
        context.Features.GetRequiredFeature<IHttpBodyControlFeature>().AllowSynchronousIO = true; // the export writes as it reads, on a thread that has nothing else to do
        var ended = await runner.RunAsync(item, (progress, cancellationToken) => ExportAsync(item.Subject, response.Body, progress, cancellationToken), context.RequestAborted);
        if (ended.State != WorkState.Done)
        {
            context.Abort(); // what was sent must not be taken for the whole
        }
    }

    private static (string Kind, string Subject) ReadRequest(JsonElement body)
    {
        var members = JsonMembers.Of(body);
        return members.Text("kind") switch
        {
            null => throw JsonMembers.Missing("kind: is required: verify or export"),
            Verify => (Verify, string.Empty),
            Export => (Export, members.Text("namespace") ?? string.Empty),
            _ => throw JsonMembers.Invalid("kind: must be verify or export"),
        };
    }

    private static RequestRefusedException NotFound(string message) => new(StatusCodes.Status404NotFound, ErrorCodes.NotFound, message);

    private static void Write(ArrayBufferWriter<byte> json, WorkItem item, string? file)
    {
        JsonAnswer.Write(json, "{\"id\":"u8);
        JsonWrite.String(json, item.Id);
        JsonAnswer.Write(json, ",\"kind\":"u8);
        JsonWrite.String(json, item.Kind);
        JsonAnswer.Write(json, ",\"subject\":"u8);
        JsonWrite.String(json, item.Subject);
        JsonAnswer.Write(json, ",\"state\":"u8);
        JsonWrite.String(json, item.State.ToString().ToLowerInvariant());
        JsonAnswer.Write(json, ",\"startedAt\":"u8);
        JsonWrite.Time(json, Timestamp.From(item.StartedAt), "+00:00"u8);
        if (item.HasEnded)
        {
            JsonAnswer.Write(json, ",\"endedAt\":"u8);
            JsonWrite.Time(json, Timestamp.From(item.HeardAt), "+00:00"u8);
        }

        if (item.What.Length > 0)
        {
            JsonAnswer.Write(json, ",\"what\":"u8);
            JsonWrite.String(json, item.What);
            JsonAnswer.Write(json, ",\"done\":"u8);
            JsonWrite.Number(json, item.Done);
            JsonAnswer.Write(json, ",\"total\":"u8);
            JsonWrite.Number(json, item.Total);
            JsonAnswer.Write(json, ",\"perSecond\":"u8);
            JsonWrite.Number(json, (long)item.Rate);
            if (!item.HasEnded && item.Rate > 0)
            {
                JsonAnswer.Write(json, ",\"secondsLeft\":"u8);
                JsonWrite.Number(json, (long)Math.Ceiling((item.Total - item.Done) / item.Rate));
            }
        }

        if (item.Result.Length > 0)
        {
            JsonAnswer.Write(json, ",\"result\":"u8);
            JsonWrite.String(json, item.Result);
        }

        if (file is not null)
        {
            JsonAnswer.Write(json, ",\"file\":"u8);
            JsonWrite.String(json, file);
        }

        JsonAnswer.Write(json, "}"u8);
    }

    private async Task<string> VerifyAsync(IProgress<LogProgress> progress, CancellationToken cancellationToken)
    {
        var log = await review.VerifyAsync(progress, cancellationToken);
        return $"verified to position {log.Head.Position}, digest {Convert.ToHexStringLower(log.Head.Digest)}, {log.Entities} entities, deleted ones too";
    }

    private async Task<string> ExportAsync(string ns, Stream output, IProgress<LogProgress> progress, CancellationToken cancellationToken)
    {
        var scope = ns.Length == 0 ? (ExportScope)new ExportScope.WholeLog() : new ExportScope.OfNamespace(ns, WithProof: false);
        var head = await review.ExportAsync(scope, output, progress, cancellationToken);
        return $"exported to position {head.Head.Position}, digest {Convert.ToHexStringLower(head.Head.Digest)}";
    }
}
