using System.Globalization;
using System.Text.Json;
using Flux.Core.Events;
using Flux.Core.Expressions;
using Flux.Core.Log;
using Flux.Core.Subscriptions;
using Flux.Server.Hosting;

namespace Flux.Server.Subscriptions.V2;

/// <summary>Reads what a client asks for, from a message or from a query.</summary>
internal static class SubscribeRequestReader
{
    /// <summary>The most ids, and the most prefixes, of one subscription.</summary>
    private const int MaxPatterns = 1000;

    private const string Now = "now";
    private const string Snapshot = "snapshot";

    /// <summary>Reads a message of type <c>subscribe</c>.</summary>
    /// <exception cref="RequestRefusedException">It is not as the protocol says.</exception>
    /// <exception cref="ExpressionException">Its predicate is none.</exception>
    public static SubscribeRequest Read(JsonElement message) => Read(message, Texts(message, "entity"), ReadStart(message));

    /// <summary>Reads a message of type <c>replay</c>, as far as it is like the other.</summary>
    /// <param name="message">The message.</param>
    /// <param name="start">Where it begins.</param>
    /// <exception cref="RequestRefusedException">It is not as the protocol says.</exception>
    /// <exception cref="ExpressionException">Its predicate is none.</exception>
    public static SubscribeRequest ReadReplay(JsonElement message, StartPoint start) =>
        Read(message, [.. Texts(message, "entity"), .. Texts(message, "entity_id")], start);

    /// <summary>Reads a place in the log.</summary>
    /// <returns>The place; null when it is no position and no cursor.</returns>
    public static StartPoint? ToPlace(JsonElement place) => place.ValueKind switch
    {
        JsonValueKind.String => ToPlace(place.GetString()!),
        JsonValueKind.Number when place.TryGetInt64(out var position) && position >= 0 => new StartPoint.AfterPosition(new Position(position)),
        _ => null,
    };

    private static StartPoint? ToPlace(string text)
    {
        if (text.Length is > 0 and < 20 && !text.AsSpan().ContainsAnyExceptInRange('0', '9')
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var position))
        {
            return new StartPoint.AfterPosition(new Position(position));
        }

        return Cursor.TryParse(text, out var cursor) ? new StartPoint.AfterCursor(cursor) : null;
    }

    private static SubscribeRequest Read(JsonElement message, List<string> patterns, StartPoint start)
    {
        var members = JsonMembers.Of(message);
        return new SubscribeRequest(
            ToScope(patterns, Texts(message, "prefix")),
            start,
            members.Text("where") is { } where ? Predicate.Compile(where) : null,
            ToSlowMode(members.Text("slow")),
            members.Flag("progress") ?? false);
    }

    /// <summary>Reads the query of an event stream.</summary>
    /// <param name="query">The query.</param>
    /// <param name="lastEventId">The cursor with which an event source connects again; null when it does for the first time.</param>
    /// <exception cref="RequestRefusedException">It is not as the protocol says.</exception>
    /// <exception cref="ExpressionException">Its predicate is none.</exception>
    public static SubscribeRequest Read(QueryParameters query, string? lastEventId)
    {
        var progress = query["progress"] switch
        {
            null or "false" => false,
            "true" => true,
            _ => throw QueryParameters.Invalid("progress: must be true or false"),
        };
        return new SubscribeRequest(
            ToScope(query.All("entity"), query.All("prefix")),
            lastEventId is null ? ToStart(query["from"]) : ToCursor(lastEventId),
            query["where"] is { } where ? Predicate.Compile(where) : null,
            ToSlowMode(query["slow"]),
            progress);
    }

    private static Scope ToScope(IReadOnlyList<string> patterns, IReadOnlyList<string> prefixes)
    {
        if (patterns.Count + prefixes.Count == 0)
        {
            throw JsonMembers.Missing("entity or prefix is required: * stands for everything");
        }

        foreach (var (name, texts) in new[] { ("entity", patterns), ("prefix", prefixes) })
        {
            if (texts.Count > MaxPatterns)
            {
                throw JsonMembers.Invalid(string.Create(CultureInfo.InvariantCulture, $"{name}: at most {MaxPatterns} of them"));
            }

            if (texts.FirstOrDefault(text => !StoredText.IsValid(text)) is { } bad)
            {
                throw new RequestRefusedException(StatusCodes.Status400BadRequest, ErrorCodes.InvalidEntityId,
                    $"{name} {Shown.Quote(bad)}: no id is longer than {StoredText.MaxBytes} bytes of UTF-8, or holds U+0000");
            }
        }

        return new Scope(patterns, prefixes);
    }

    private static List<string> Texts(JsonElement message, string name)
    {
        if (!message.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        var elements = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().ToList() : [value];
        if (elements.Count == 0 || elements.Exists(element => element.ValueKind != JsonValueKind.String))
        {
            throw JsonMembers.Invalid($"{name}: must be a string, or an array of strings that is not empty");
        }

        return [.. elements.Select(element => element.GetString()!)];
    }

    private static StartPoint ReadStart(JsonElement message)
    {
        if (!message.TryGetProperty("from", out var from))
        {
            return new StartPoint.Now();
        }

        return from.ValueKind switch
        {
            JsonValueKind.String => ToStart(from.GetString()),
            _ => ToPlace(from) ?? throw InvalidStart(),
        };
    }

    private static StartPoint ToStart(string? text)
    {
        if (text is null or Now)
        {
            return new StartPoint.Now();
        }

        if (text == Snapshot)
        {
            return new StartPoint.Snapshot();
        }

        return ToPlace(text) ?? throw InvalidStart();
    }

    private static StartPoint.AfterCursor ToCursor(string text) =>
        Cursor.TryParse(text, out var cursor) ? new StartPoint.AfterCursor(cursor) : throw InvalidStart();

    private static RequestRefusedException InvalidStart() =>
        QueryParameters.Invalid("from: must be \"now\", \"snapshot\", a cursor as it was received, or a position (a whole number, 0 or more)");

    private static SlowMode ToSlowMode(string? text) => text switch
    {
        null or "catch_up" => SlowMode.CatchUp,
        "conflate" => SlowMode.Conflate,
        "disconnect" => SlowMode.Disconnect,
        _ => throw JsonMembers.Invalid("slow: must be \"catch_up\", \"conflate\" or \"disconnect\""),
    };
}
