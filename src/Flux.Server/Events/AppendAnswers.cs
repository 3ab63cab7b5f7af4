using System.Buffers;
using Flux.Core.Events;
using Flux.Core.Json;
using Flux.Core.Log;
using Flux.Server.Hosting;

namespace Flux.Server.Events;

/// <summary>The one place that turns what became of an append into an answer. Source: wire-contract sections 4 and 5.</summary>
internal static class AppendAnswers
{
    /// <summary>Answers a single publish.</summary>
    public static Task WriteAsync(HttpContext context, AppendResult result)
    {
        switch (result)
        {
            case AppendResult.Appended { Event: var recorded }:
                return AckAsync(context, recorded, isDuplicate: false);
            case AppendResult.Duplicate { Event: var recorded }:
                return AckAsync(context, recorded, isDuplicate: true);
            default:
                var (code, message) = ToRefusal(result);
                return Errors.WriteAsync(context, StatusCodes.Status409Conflict, code, message);
        }
    }

    /// <summary>Writes the members of an acknowledgement, without the braces.</summary>
    public static void WriteAck(ArrayBufferWriter<byte> json, RecordedEvent recorded, bool isDuplicate)
    {
        JsonAnswer.Write(json, "\"eventId\":"u8);
        JsonWrite.String(json, recorded.Data.EventId);
        JsonAnswer.Write(json, ",\"stream\":"u8);
        JsonWrite.String(json, recorded.Data.Stream);
        JsonAnswer.Write(json, ",\"position\":"u8);
        JsonWrite.Number(json, recorded.Position.Value);
        if (recorded.Version > 0)
        {
            JsonAnswer.Write(json, ",\"version\":"u8);
            JsonWrite.Number(json, recorded.Version);
        }

        JsonAnswer.Write(json, isDuplicate ? ",\"duplicate\":true"u8 : default);
        JsonAnswer.Write(json, recorded.IsApplied ? default : ",\"applied\":false"u8);
    }

    /// <summary>Says why a result is a refusal.</summary>
    public static (string Code, string Message) ToRefusal(AppendResult result) => result switch
    {
        AppendResult.EventIdConflict conflict =>
            (ErrorCodes.EventIdConflict, $"eventId: {Shown.Quote(conflict.EventId)} belongs to another event, which stands"),
        AppendResult.EntityFull full => (ErrorCodes.EntityFull, full.Reason),
        _ => throw new InvalidOperationException($"an entity answered {result.GetType().Name}, which only the log writer may see"),
    };

    /// <summary>Says what became of an event that met a failing log.</summary>
    public static (string Code, string Message) ToRefusal(Exception failure) => failure switch
    {
        EventLogUnavailableException unavailable => (unavailable.Code, unavailable.Message),
        AppendOutcomeUnknownException or TimeoutException or Orleans.Runtime.OrleansException =>
            (ErrorCodes.OutcomeUnknown, "nobody knows whether it was stored; the same event sent again with the same id settles it"),
        _ => (ErrorCodes.Internal, "internal error"),
    };

    private static Task AckAsync(HttpContext context, RecordedEvent recorded, bool isDuplicate)
    {
        var json = JsonAnswer.Rent();
        JsonAnswer.Write(json, "{"u8);
        WriteAck(json, recorded, isDuplicate);
        JsonAnswer.Write(json, "}"u8);
        return JsonAnswer.SendAsync(context, StatusCodes.Status200OK, json);
    }
}
