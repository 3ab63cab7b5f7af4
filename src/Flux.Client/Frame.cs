using System.Text.Json;

namespace Flux.Client;

/// <summary>One message of the server, with every member that this client knows.</summary>
internal sealed class Frame
{
    // Events nest up to 128 levels, and a frame adds a few.
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 160 };

    private Frame()
    {
    }

    public string Type { get; private set; } = string.Empty;

    public string? Sub { get; private set; }

    public string? Cursor { get; private set; }

    public string? Code { get; private set; }

    public string? Error { get; private set; }

    public string? Data { get; private set; }

    public string? Answer { get; private set; }

    public string? Refused { get; private set; }

    public long? Position { get; private set; }

    /// <summary>Gets the last position of a replay; null when it goes live.</summary>
    public long? End => IsReplaying ? To : null;

    public int? Line { get; private set; }

    public int? Column { get; private set; }

    private string? EntityId { get; set; }

    private string? EventId { get; set; }

    private JsonElement? Properties { get; set; }

    private long? Version { get; set; }

    private long? From { get; set; }

    private long? To { get; set; }

    private long? Count { get; set; }

    private bool IsReplay { get; set; }

    private bool? Paused { get; set; }

    private double? Speed { get; set; }

    private DateTimeOffset? Time { get; set; }

    private bool IsReplaying => Type is "replaying";

    private long? First { get; set; }

    private DateTimeOffset? Timestamp { get; set; }

    private DateTimeOffset? LastUpdated { get; set; }

    /// <summary>Reads a message.</summary>
    /// <exception cref="JsonException">It is no JSON object.</exception>
    /// <exception cref="InvalidOperationException">A member has another type than the protocol says.</exception>
    /// <exception cref="FormatException">A number is out of range, or a time is none.</exception>
    public static Frame Parse(ReadOnlySpan<byte> message)
    {
        var frame = new Frame();
        var json = new Utf8JsonReader(message, Options);
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException($"a frame begins with {json.TokenType} and is no object");
        }

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            frame.ReadMember(ref json);
        }

        return frame;
    }

    /// <summary>Gives what the application sees of a frame of its subscription.</summary>
    /// <exception cref="FormatException">A member is missing.</exception>
    public SubscriptionItem ToItem(ReadOnlySpan<byte> message) => Type switch
    {
        "entity" => new SubscriptionItem.SnapshotRow(
            Need(EntityId), Need(Properties), Need(Version), Need(LastUpdated))
        { Cursor = Cursor },
        "caught_up" => new SubscriptionItem.CaughtUp(Need(Position)) { Cursor = Cursor },
        "change" => new SubscriptionItem.Change(
            Need(EntityId), Need(Properties), Need(Timestamp), Need(EventId), Need(Version), Need(Position))
        { Cursor = Cursor, IsReplayed = IsReplay },
        "entity_deleted" => new SubscriptionItem.EntityDeleted(
            Need(EntityId), Need(Timestamp), Need(EventId), Need(Version), Need(Position))
        { Cursor = Cursor, IsReplayed = IsReplay },
        "enter" => new SubscriptionItem.Enter(
            Need(EntityId), Need(Properties), Need(Timestamp), Need(EventId), Need(Version), Need(Position))
        { Cursor = Cursor, IsReplayed = IsReplay },
        "leave" => new SubscriptionItem.Leave(
            Need(EntityId), Need(Timestamp), Need(EventId), Need(Version), Need(Position))
        { Cursor = Cursor, IsReplayed = IsReplay },
        "skipped" => new SubscriptionItem.Skipped(Need(From), Need(To), Need(Count), Need(Position)) { Cursor = Cursor },
        "progress" => new SubscriptionItem.Progress(Need(Position)) { Cursor = Cursor, Time = Time },
        "replaying" => new SubscriptionItem.Replaying(Need(Answer), Need(Paused), Speed, Time, End, Need(Position)) { Cursor = Cursor },
        "replayed" => new SubscriptionItem.Replayed(Need(Position)) { Cursor = Cursor },
        "stopped" => new SubscriptionItem.Stopped(Need(Position)) { Cursor = Cursor },
        "cursor_unknown" => new SubscriptionItem.CursorUnknown(Need(First), Need(Position)) { Cursor = Cursor },
        _ => new SubscriptionItem.Unrecognized(Type, Element(message)) { Cursor = Cursor },
    };

    /// <summary>Gives what the application sees when a message to its replay was refused. It has no cursor: the replay is where it was.</summary>
    public SubscriptionItem.Refused ToRefusal() => new(Need(Refused), Code ?? Type, Error ?? "this log has no such place");

    private static JsonElement Element(ReadOnlySpan<byte> message)
    {
        var json = new Utf8JsonReader(message, Options);
        return JsonElement.ParseValue(ref json);
    }

    // What is read here is what the client acts on; a member that it does not know is passed over.
    private void ReadMember(ref Utf8JsonReader json)
    {
        var name = json.GetString();
        json.Read();
        if (json.TokenType == JsonTokenType.Null)
        {
            return;
        }

        switch (name)
        {
            case "type": Type = json.GetString()!; break;
            case "sub": Sub = json.GetString(); break;
            case "cursor": Cursor = json.GetString(); break;
            case "code": Code = json.GetString(); break;
            case "error": Error = json.GetString(); break;
            case "data": Data = json.GetString(); break;
            case "position": Position = json.GetInt64(); break;
            case "line": Line = json.GetInt32(); break;
            case "column": Column = json.GetInt32(); break;
            case "entity_id": EntityId = json.GetString(); break;
            case "event_id": EventId = json.GetString(); break;
            case "properties": Properties = JsonElement.ParseValue(ref json); break;
            case "version": Version = json.GetInt64(); break;
            case "from": From = json.GetInt64(); break;
            case "to": To = json.TokenType == JsonTokenType.String ? null : json.GetInt64(); break;
            case "count": Count = json.GetInt64(); break;
            case "answer": Answer = json.GetString(); break;
            case "refused": Refused = json.GetString(); break;
            case "replay": IsReplay = json.GetBoolean(); break;
            case "paused": Paused = json.GetBoolean(); break;
            case "speed": Speed = json.TokenType == JsonTokenType.String ? null : json.GetDouble(); break;
            case "time": Time = json.GetDateTimeOffset(); break;
            case "first": First = json.GetInt64(); break;
            case "timestamp": Timestamp = json.GetDateTimeOffset(); break;
            case "last_updated": LastUpdated = json.GetDateTimeOffset(); break;
            default: json.Skip(); break;
        }
    }

    private T Need<T>(T? value, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(value))] string name = "")
        where T : struct => value ?? throw Missing(name);

    private string Need(string? value, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(value))] string name = "") =>
        value ?? throw Missing(name);

    private FormatException Missing(string name) => new($"a frame of type \"{Type}\" has no {name}");
}
