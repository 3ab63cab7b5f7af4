using System.Buffers;
using Flux.Core.Events;
using Flux.Core.Json;
using Flux.Core.Log;
using Flux.Grains;
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
            case AppendResult.ConditionFailed failed:
                return RefuseAsync(context, failed);
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
        AppendResult.ConditionFailed { Condition: FailedCondition.Version } failed => (
            ErrorCodes.VersionConflict,
            failed.Current is null ? $"if_version: the entity does not exist; its last version is {failed.Version}" : $"if_version: the entity has version {failed.Version}"),
        AppendResult.ConditionFailed { Condition: FailedCondition.Claim } =>
            (ErrorCodes.ClaimConflict, "claim_token: the claim with this token is not held any more"),
        AppendResult.ConditionFailed { Condition: FailedCondition.TooCostly } =>
            (ErrorCodes.ExpressionTooCostly, "condition: takes more steps than an expression may"),
        AppendResult.ConditionFailed => (ErrorCodes.ConditionFailed, "condition: is not true of the entity"),
        _ => throw new InvalidOperationException($"an entity answered {result.GetType().Name}, which only the log writer may see"),
    };

    /// <summary>Says what became of an event that met a failing log.</summary>
    public static (string Code, string Message) ToRefusal(Exception failure) => failure switch
    {
        EventRefusedException refused => (refused.Code, refused.Message),
        EventLogUnavailableException unavailable => (unavailable.Code, unavailable.Message),
        var unknown when unknown is AppendOutcomeUnknownException || GrainCall.HasNoAnswer(unknown) =>
            (ErrorCodes.OutcomeUnknown, "nobody knows whether it was stored; the same event sent again with the same id settles it"),
        _ => (ErrorCodes.Internal, "internal error"),
    };

    // 403 for a claim: whoever lost it may not write any more, whatever the entity looks like.
    private static Task RefuseAsync(HttpContext context, AppendResult.ConditionFailed failed)
    {
        var (code, message) = ToRefusal(failed);
        var current = new ArrayBufferWriter<byte>(256);
        JsonAnswer.Write(current, ",\"version\":"u8);
        JsonWrite.Number(current, failed.Version);
        JsonAnswer.Write(current, ",\"current\":"u8);
        if (failed.Current is { } entity)
        {
            JsonAnswer.Write(current, "{"u8);
            Entities.EntityJson.WriteMembers(current, entity);
            JsonAnswer.Write(current, "}"u8);
        }
        else
        {
            JsonAnswer.Write(current, "null"u8);
        }

        var status = failed.Condition switch
        {
            FailedCondition.Claim => StatusCodes.Status403Forbidden,
            FailedCondition.TooCostly => StatusCodes.Status400BadRequest,
            _ => StatusCodes.Status409Conflict,
        };
        return Errors.WriteAsync(context, status, code, message, current.WrittenMemory);
    }

    private static Task AckAsync(HttpContext context, RecordedEvent recorded, bool isDuplicate)
    {
        var json = JsonAnswer.Rent();
        JsonAnswer.Write(json, "{"u8);
        WriteAck(json, recorded, isDuplicate);
        JsonAnswer.Write(json, "}"u8);
        return JsonAnswer.SendAsync(context, StatusCodes.Status200OK, json);
    }
}
