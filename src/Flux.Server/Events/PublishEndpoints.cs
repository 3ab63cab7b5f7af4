using System.Buffers;
using System.Text.Json;
using Flux.Core.Events;
using Flux.Core.Json;
using Flux.Core.Log;
using Flux.Grains.Entities;
using Flux.Server.Admin;
using Flux.Server.Hosting;
using Flux.Server.Limits;
using Flux.Server.Namespaces;

namespace Flux.Server.Events;

/// <summary>POST /api/events and /api/events/batch. They read their bytes themselves: this is the hot path.</summary>
internal sealed class PublishEndpoints(
    EventAppender appender,
    AccessControl access,
    AdmissionControl limits,
    EventsUnderWay underWay,
    EventIds ids,
    TimeProvider time,
    RuntimeConfiguration configuration,
    IngestInstruments instruments)
{
    /// <summary>Publishes one event.</summary>
    public async Task PublishAsync(HttpContext context)
    {
        // 1. The gateway: parse once, limits, token
        underWay.RefuseWhenFull();
        var data = await ReadEventAsync(context.Request);
        if (await WhyNotAsync(context.Request, data) is { } refusal)
        {
            throw refusal.ToException();
        }

        using var place = underWay.Enter(1, data.Payload.Json.Length);

        var admission = await limits.AdmitAsync(data, context);
        if (admission.Refusal is { } excess)
        {
            throw limits.Refuse(excess, data, context.Response);
        }

        var started = instruments.Start();
        try
        {
            await AppendAnswers.WriteAsync(context, await appender.AppendAsync(data));
        }
        finally
        {
            admission.OnOutcome();
        }

        instruments.OnAnswered(started);
    }

    /// <summary>Publishes several; each has its own outcome.</summary>
    public async Task PublishBatchAsync(HttpContext context)
    {
        underWay.RefuseWhenFull();
        var items = await ReadBatchAsync(context.Request);
        var refusals = new Refusal?[items.Count];
        var (count, bytes) = await AuthorizeAsync(context.Request, items, refusals);
        var started = instruments.Start();
        var outcomes = await AppendAsync(context, items, refusals, count, bytes);
        await AnswerAsync(context, items, refusals, outcomes);
        instruments.OnAnswered(started);
    }

    private async Task<AppendOutcome[]> AppendAsync(HttpContext context, List<EventReadResult> items, Refusal?[] refusals, int count, long bytes)
    {
        // Only what may come in takes a place, and no more of one batch at a time, however many events it has; none while its client reads the answer.
        using var place = underWay.Enter(Math.Min(count, EventAppender.SliceEvents), bytes);
        var events = new List<EventData>(count);
        var admissions = new List<Admission>();
        try
        {
            Refusal? overRate = null;
            for (var i = 0; i < items.Count; i++)
            {
                if (items[i].Event is not { } data || refusals[i] is not null)
                {
                    continue;
                }

                // One token opens one namespace, so what has met its limit once has met it for all rows that follow: none slips in between.
                var admission = overRate is null ? await limits.AdmitAsync(data, context) : new Admission(overRate, Tally: null);
                if (admission.Tally is not null)
                {
                    admissions.Add(admission);
                }

                refusals[i] = admission.Refusal;
                if (admission.Refusal is null)
                {
                    events.Add(data);
                }
                else if (admission.Refusal.Code is ErrorCodes.RateLimited)
                {
                    overRate = admission.Refusal;
                }
            }

            return await appender.AppendManyAsync(events);
        }
        finally
        {
            foreach (var admission in admissions)
            {
                admission.OnOutcome();
            }
        }
    }

    private static Task AnswerAsync(HttpContext context, List<EventReadResult> items, Refusal?[] refusals, AppendOutcome[] outcomes)
    {
        var (successful, next) = (0, 0);
        var rows = new ArrayBufferWriter<byte>(items.Count * 128);
        for (var i = 0; i < items.Count; i++)
        {
            var item = items[i];
            JsonAnswer.Write(rows, i == 0 ? "{"u8 : ",{"u8);
            if (refusals[i] is { } refusal)
            {
                WriteRefusedRow(rows, item.Event!.EventId, item.Event.Stream, refusal.Code, refusal.Message);
            }
            else if (item.Event is { } data)
            {
                successful += WriteRow(rows, data, outcomes[next++]) ? 1 : 0;
            }
            else
            {
                WriteRefusedRow(rows, eventId: null, item.Stream ?? string.Empty, item.Refusal!.Code, $"validation failed: {item.Refusal.Message}");
            }

            JsonAnswer.Write(rows, "}"u8);
        }

        var json = JsonAnswer.Rent();
        JsonAnswer.Write(json, "{\"successful\":"u8);
        JsonWrite.Number(json, successful);
        JsonAnswer.Write(json, ",\"failed\":"u8);
        JsonWrite.Number(json, items.Count - successful);
        JsonAnswer.Write(json, ",\"results\":["u8);
        JsonAnswer.Write(json, rows.WrittenSpan);
        JsonAnswer.Write(json, "]}"u8);
        return JsonAnswer.SendAsync(context, StatusCodes.Status200OK, json);
    }

    private static bool WriteRow(ArrayBufferWriter<byte> json, EventData data, AppendOutcome outcome)
    {
        switch (outcome)
        {
            case { Result: AppendResult.Appended { Event: var recorded } }:
                AppendAnswers.WriteAck(json, recorded, isDuplicate: false);
                break;
            case { Result: AppendResult.Duplicate { Event: var recorded } }:
                AppendAnswers.WriteAck(json, recorded, isDuplicate: true);
                break;
            case { Result: { } refused }:
                var (refusedCode, refusedMessage) = AppendAnswers.ToRefusal(refused);
                WriteRefusedRow(json, data.EventId, data.Stream, refusedCode, $"publish failed: {refusedMessage}");
                return false;
            default:
                var (code, message) = AppendAnswers.ToRefusal(outcome.Failure!);
                WriteRefusedRow(json, data.EventId, data.Stream, code, $"publish failed: {message}");
                return false;
        }

        JsonAnswer.Write(json, ",\"error\":null"u8);
        return true;
    }

    private static void WriteRefusedRow(ArrayBufferWriter<byte> json, string? eventId, string stream, string code, string error)
    {
        JsonAnswer.Write(json, "\"eventId\":"u8);
        if (eventId is null)
        {
            JsonAnswer.Write(json, "null"u8);
        }
        else
        {
            JsonWrite.String(json, eventId);
        }

        JsonAnswer.Write(json, ",\"stream\":"u8);
        JsonWrite.String(json, stream);
        JsonAnswer.Write(json, ",\"error\":"u8);
        JsonWrite.String(json, error);
        JsonAnswer.Write(json, ",\"code\":"u8);
        JsonWrite.String(json, code);
    }

    // Gives the number of those that may be published, and the bytes of their payloads.
    private async ValueTask<(int Count, long Bytes)> AuthorizeAsync(HttpRequest request, List<EventReadResult> items, Refusal?[] refusals)
    {
        var (count, bytes) = (0, 0L);
        for (var i = 0; i < items.Count; i++)
        {
            if (items[i].Event is not { } data)
            {
                continue;
            }

            if (await WhyNotAsync(request, data) is { } refusal)
            {
                refusals[i] = refusal.Status == StatusCodes.Status413PayloadTooLarge
                    ? refusal
                    : refusal with { Message = $"authorization failed: {refusal.Message}" };
                continue;
            }

            (count, bytes) = (count + 1, bytes + data.Payload.Json.Length);
        }

        return (count, bytes);
    }

    private async ValueTask<Refusal?> WhyNotAsync(HttpRequest request, EventData data) =>
        await access.WhyNotPublishAsync(request, data.Entity) ?? access.WhyTooLarge(data);

    private async ValueTask<EventData> ReadEventAsync(HttpRequest request)
    {
        using var body = await RequestBody.ReadAsync(request, configuration.Current.SingleBodyBytes, time);
        var sent = body.Bytes.Span;
        var bytes = Defect.IsOn(Defect.RewritesJson) ? JsonSerializer.SerializeToUtf8Bytes(JsonElement.Parse(sent)) : sent;
        return IfMatch.Apply(request, EventReader.ReadEvent(bytes, ids, time.GetUtcNow()));
    }

    private async ValueTask<List<EventReadResult>> ReadBatchAsync(HttpRequest request)
    {
        using var body = await RequestBody.ReadAsync(request, configuration.Current.BatchBodyBytes, time);
        IfMatch.Refuse(request);
        return EventReader.ReadBatch(body.Bytes.Span, configuration.Current.SingleBodyBytes, ids, time.GetUtcNow());
    }
}
