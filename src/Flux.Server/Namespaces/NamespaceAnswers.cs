using System.Buffers;
using System.Globalization;
using Flux.Core.Json;
using Flux.Core.Log;
using Flux.Core.Namespaces;
using Flux.Server.Hosting;

namespace Flux.Server.Namespaces;

/// <summary>How namespaces and tokens are shown to who manages them. A token's hash never is, and its text once.</summary>
internal static class NamespaceAnswers
{
    private static readonly DateOnly FirstDay = DateOnly.FromDateTime(DateTime.UnixEpoch);

    /// <summary>Gives the word for a state.</summary>
    public static string ToWord(NamespaceState state) => state switch
    {
        NamespaceState.Active => "active",
        NamespaceState.Suspended => "suspended",
        NamespaceState.Banned => "banned",
        _ => "deleted",
    };

    /// <summary>Answers with one namespace.</summary>
    public static Task SendAsync(HttpContext context, NamespaceRecord record, Timestamp now)
    {
        var json = JsonAnswer.Rent();
        Write(json, record, now);
        return JsonAnswer.SendAsync(context, StatusCodes.Status200OK, json);
    }

    /// <summary>Writes all that is known of a namespace except its tokens, of which it says how many work.</summary>
    public static void Write(IBufferWriter<byte> json, NamespaceRecord record, Timestamp now)
    {
        json.Write("{\"namespaceId\":"u8);
        JsonWrite.String(json, record.Id);
        json.Write(",\"name\":"u8);
        JsonWrite.String(json, record.Name);
        json.Write(",\"createdAt\":"u8);
        Time(json, record.CreatedAt);
        json.Write(",\"state\":"u8);
        JsonWrite.String(json, ToWord(record.State));
        json.Write(record.IsPrivate ? ",\"private\":true,\"limits\":"u8 : ",\"private\":false,\"limits\":"u8);
        Write(json, record.Limits);
        json.Write(",\"tokens\":"u8);
        JsonWrite.Number(json, record.Tokens.Count(token => token.IsValidAt(now)));
        json.Write("}"u8);
    }

    /// <summary>Writes the limits that a namespace has of its own.</summary>
    public static void Write(IBufferWriter<byte> json, NamespaceLimits limits)
    {
        var isFirst = true;
        json.Write("{"u8);
        Member("\"eventsPerMinute\":"u8, limits.EventsPerMinute);
        Member("\"entities\":"u8, limits.Entities);
        Member("\"sockets\":"u8, limits.Sockets);
        Member("\"subscriptions\":"u8, limits.Subscriptions);
        Member("\"eventBytes\":"u8, limits.EventBytes);
        json.Write("}"u8);

        void Member(ReadOnlySpan<byte> name, long? value)
        {
            if (value is { } number)
            {
                json.Write(isFirst ? default : ","u8);
                json.Write(name);
                JsonWrite.Number(json, number);
                isFirst = false;
            }
        }
    }

    /// <summary>Writes a token.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="token">The token.</param>
    /// <param name="text">Its text, when it was made for this answer.</param>
    public static void Write(IBufferWriter<byte> json, TokenRecord token, string? text = null)
    {
        json.Write("{\"id\":"u8);
        JsonWrite.String(json, token.Id);
        if (text is not null)
        {
            json.Write(",\"token\":"u8);
            JsonWrite.String(json, text);
        }

        json.Write(",\"scope\":"u8);
        JsonWrite.String(json, token.Scope.ToWord());
        json.Write(",\"label\":"u8);
        JsonWrite.String(json, token.Label);
        if (token.EntityPrefix is { } prefix)
        {
            json.Write(",\"entityPrefix\":"u8);
            JsonWrite.String(json, prefix);
        }

        json.Write(",\"createdAt\":"u8);
        Time(json, token.CreatedAt);
        if (token.ExpiresAt is { } expiresAt)
        {
            json.Write(",\"expiresAt\":"u8);
            Time(json, expiresAt);
        }

        if (token.RevokedAt is { } revokedAt)
        {
            json.Write(",\"revokedAt\":"u8);
            Time(json, revokedAt);
        }

        if (token.LastUsedDay is { } day)
        {
            json.Write(",\"lastUsedOn\":"u8);
            JsonWrite.String(json, DateOnly.FromDayNumber(FirstDay.DayNumber + day).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        }

        if (token.ReplacedBy is { } replacedBy)
        {
            json.Write(",\"replacedBy\":"u8);
            JsonWrite.String(json, replacedBy);
        }

        json.Write("}"u8);
    }

    private static void Time(IBufferWriter<byte> json, long milliseconds) => JsonWrite.Time(json, new Timestamp(milliseconds * 1000), "+00:00"u8);
}
