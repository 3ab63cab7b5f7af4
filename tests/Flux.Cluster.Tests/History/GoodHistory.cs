using System.Globalization;
using System.Text;
using Flux.Testing.History;

namespace Flux.Cluster.Tests.History;

/// <summary>
/// A history as a faultless server would leave it: rising positions and versions, three subscribers, reads, a repetition, a conflict, a deletion,
/// an unknown outcome that was settled, events that change nothing, and a killed node. Tests edit it and see what the checker says.
/// </summary>
internal sealed class GoodHistory
{
    private static readonly string[] Names = ["plant/e0", "plant/e1", "lab/e2", "lab/e3", "plant/e4"];

    // In the namespace of the event that it is in conflict with.
    private static readonly byte[] OtherPayload = Encoding.UTF8.GetBytes($$"""{"entity_id":"{{Names[4]}}","note":"another"}""");

    private readonly Dictionary<string, SortedDictionary<string, string>> _world = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (long Version, byte[] Hash)> _heads = new(StringComparer.Ordinal);
    private long _clock = 1_000;

    private GoodHistory()
    {
    }

    public List<RequestRecord> Requests { get; } = [];

    public List<ReadRecord> Reads { get; } = [];

    public List<SocketRecord> Sockets { get; } = [];

    public List<RowRecord> Rows { get; } = [];

    public List<StateRecord> States { get; } = [];

    public List<FaultRecord> Faults { get; } = [];

    public List<GrantRecord> Grants { get; } = [];

    public List<ReplayRecord> Replays { get; } = [];

    /// <summary>What is shown to one token alone.</summary>
    public const string Secret = "marker-of-safe";

    /// <summary>Gets the thresholds that this history meets.</summary>
    public static HistoryThresholds Thresholds { get; } = new() { Acked = 20, Frames = 10, Secrets = 1, Replayed = 10 };

    public static GoodHistory Create(int events = 40)
    {
        var history = new GoodHistory();
        history.Record(events);
        return history;
    }

    /// <summary>Finds the row of an event.</summary>
    public int RowOf(string eventId) => Rows.FindIndex(r => r.EventId == eventId);

    /// <summary>Finds the first request that sent an event.</summary>
    public int RequestOf(string eventId) => Requests.FindIndex(r => r.Events[0].EventId == eventId);

    /// <summary>Finds the n-th frame of a socket.</summary>
    public int FrameOf(string socket, int n) => Enumerable.Range(0, Sockets.Count).Where(i => IsFrame(Sockets[i], socket)).ElementAt(n);

    public int FramesOf(string socket) => Sockets.Count(s => IsFrame(s, socket));

    /// <summary>Appends a row with a hash that fits.</summary>
    public void AddRow(string eventId, string payload) => Rows.Add(Hashed(NewRow(eventId, payload, entity: null, version: 0, before: null), RowHash.None));

    public void Write(string directory)
    {
        var recorder = new HistoryRecorder(directory);
        Requests.ForEach(recorder.Add);
        Reads.ForEach(recorder.Add);
        Sockets.ForEach(recorder.Add);
        Rows.ForEach(recorder.Add);
        States.ForEach(recorder.Add);
        Grants.ForEach(recorder.Add);
        Replays.ForEach(recorder.Add);
        recorder.DisposeAsync().AsTask().GetAwaiter().GetResult();
        File.WriteAllLines(
            Path.Combine(directory, HistoryFiles.Faults),
            Faults.Select(f => System.Text.Json.JsonSerializer.Serialize(f, HistoryJson.Default.FaultRecord)));
    }

    private static bool IsFrame(SocketRecord record, string socket) => record.Kind == SocketRecord.Frame && record.Socket == socket;

    private void Record(int events)
    {
        foreach (var (name, filter) in (ReadOnlySpan<(string, string)>)[("all", "*"), ("exact", "plant/e0"), ("prefix", "lab/*")])
        {
            Sockets.Add(new SocketRecord { At = _clock, Socket = name, Kind = SocketRecord.Open });
            Sockets.Add(new SocketRecord { At = _clock, Socket = name, Kind = SocketRecord.Subscribe, Filter = filter });
            Sockets.Add(new SocketRecord { At = _clock, Socket = name, Kind = SocketRecord.Armed, Position = 0 });
        }

        for (var i = 0; i < events; i++)
        {
            Publish($"event-{i}", Names[i % Names.Length], ("v", $"\"value {i}\""), ("big", "9007199254740993"));
        }

        Read(Names[0]);
        Retry("event-3");
        Requests.Add(Requests[RequestOf("event-4")] with
        {
            Sent = Tick(),
            Answered = Tick(),
            Status = 409,
            Code = Outcomes.Conflict,
            Events = [new EventRecord { EventId = "event-4", Stream = "load.test", Source = "w", Timestamp = 1, Payload = OtherPayload }],
        });
        Faults.Add(new FaultRecord { At = Tick(), Id = "fault-1", Kind = "kill", Target = "node" });
        Faults.Add(new FaultRecord { At = Tick(), Id = "fault-1", Kind = "kill", Target = "node", Proof = "pid 1 is gone, exit code 137" });

        Publish("unanswered", Names[1], ("v", "\"unanswered\""));
        Requests[^1] = Requests[^1] with { Status = 0, Events = [Requests[^1].Events[0].WithoutAnswer()] };
        Retry("unanswered");
        Publish("no-properties", Names[1]);
        Delete(Names[2]);
        Delete("lab/never-there");
        Publish("again", Names[2], ("v", "\"again\""));
        Read(Names[2]);
        Read("lab/never-there");
        Grants.Add(new GrantRecord { At = Tick(), Kind = GrantRecord.Secret, Namespace = "safe", Marker = Secret });
        Grants.Add(new GrantRecord { At = Tick(), Kind = GrantRecord.Grant, Namespace = "safe", Token = "own" });
        Reads.Add(new ReadRecord
        {
            Sent = Tick(),
            Answered = Tick(),
            Client = "own",
            Node = "node",
            Token = "own",
            Entity = string.Empty,
            Status = 200,
            Raw = Encoding.UTF8.GetBytes($"[\"{Secret}\"]"),
        });

        foreach (var id in (ReadOnlySpan<string>)["entityless-1", "entityless-2", "together-1", "together-2", "last"])
        {
            Publish(id, entity: null);
        }

        // These two were under way at the same time, so that either order is right.
        Requests[RequestOf("together-2")] = Requests[RequestOf("together-2")] with { Sent = Requests[RequestOf("together-1")].Sent };

        foreach (var name in (ReadOnlySpan<string>)["all", "exact", "prefix"])
        {
            Sockets.Add(new SocketRecord { At = Tick(), Socket = name, Kind = SocketRecord.Quiesced, Position = Rows.Count });
            Sockets.Add(new SocketRecord { At = Tick(), Socket = name, Kind = SocketRecord.Close, ByClient = true });
        }

        foreach (var again in (ReadOnlySpan<bool>)[false, true])
        {
            Replays.AddRange(Sockets.Where(s => IsFrame(s, "all")).Select(s => new ReplayRecord { Subscription = "all", IsReplay = again, Raw = s.Raw! }));
        }

        States.Add(new StateRecord { Node = "node", Count = _world.Count });
        States.AddRange(_world.Select(e =>
            new StateRecord { Node = "node", Entity = e.Key, Version = _heads[e.Key].Version, Properties = Json(e.Value) }));
    }

    private long Tick() => ++_clock;

    private void Publish(string eventId, string? entity, params ReadOnlySpan<(string Name, string Value)> properties)
    {
        var sent = Tick();
        var members = new List<string>();
        foreach (var (name, value) in properties)
        {
            members.Add($"\"{name}\":{value}");
        }

        var about = entity is null ? string.Empty : $"\"entity_id\":\"{entity}\",";
        var payload = $"{{{about}\"note\":\"{eventId}\",\"properties\":{{{string.Join(',', members)}}}}}";
        var version = entity is null ? 0 : Head(entity).Version + 1;
        var before = entity is null || properties.Length == 0 ? null : Former(entity, properties);
        Append(NewRow(eventId, payload, entity, version, before));
        if (entity is not null)
        {
            foreach (var (name, value) in properties)
            {
                State(entity)[name] = value;
                Push(entity, $"\"type\":\"state_update\",\"entity_id\":\"{entity}\",\"property\":\"{name}\",\"value\":{value}");
            }
        }

        Requests.Add(Request(RequestRecord.Publish, sent, new EventRecord
        {
            EventId = eventId,
            Stream = "load.test",
            Source = "w",
            Timestamp = 1,
            Payload = Encoding.UTF8.GetBytes(payload),
            AckedEventId = eventId,
            AckedStream = "load.test",
            Position = Rows.Count,
            Version = entity is null ? null : version,
        }));
    }

    private void Delete(string entity)
    {
        var sent = Tick();
        var id = $"deletion-{Rows.Count}";
        var payload = $$$"""{"entity_id":"{{{entity}}}","properties":{"__deleted__":true,"__deleted_at__":1}}""";
        var exists = _world.ContainsKey(entity);
        Append(NewRow(id, payload, entity, Head(entity).Version + 1, exists ? "{}" : null) with
        {
            Stream = "flux.events.deletions",
            Source = "api",
            Key = entity,
        });
        if (_world.Remove(entity))
        {
            Push(entity: null, $"\"type\":\"entity_deleted\",\"entity_id\":\"{entity}\"");
        }

        Requests.Add(Request(RequestRecord.Delete, sent, new EventRecord { Entity = entity, AckedEventId = id }));
    }

    private void Retry(string eventId)
    {
        var row = Rows[RowOf(eventId)];
        var sent = Tick();
        Requests.Add(Request(RequestRecord.Publish, sent, Requests[RequestOf(eventId)].Events[0] with
        {
            AckedEventId = eventId,
            AckedStream = row.Stream,
            Position = row.Position,
            Version = row.Version,
            Duplicate = true,
        }));
    }

    private void Read(string entity)
    {
        var sent = Tick();
        var found = _world.TryGetValue(entity, out var state);
        Reads.Add(new ReadRecord
        {
            Sent = sent,
            Answered = Tick(),
            Client = "reader",
            Node = "node",
            Entity = entity,
            Status = found ? 200 : 404,
            Version = found ? _heads[entity].Version : null,
            Properties = found ? Json(state!) : null,
        });
    }

    private void Push(string? entity, string members)
    {
        var row = Rows[^1];
        var raw = Encoding.UTF8.GetBytes(
            $$"""{{{members}},"timestamp":"2026-02-25T20:04:27Z","event_id":"{{row.EventId}}","position":{{row.Position}},"version":{{row.Version}}}""");
        foreach (var socket in (ReadOnlySpan<string>)["all", "exact", "prefix"])
        {
            if (entity is null || socket == "all" || (socket == "exact" && entity == Names[0])
                || (socket == "prefix" && entity.StartsWith("lab/", StringComparison.Ordinal)))
            {
                Sockets.Add(new SocketRecord { At = _clock, Socket = socket, Kind = SocketRecord.Frame, Raw = raw });
            }
        }
    }

    private RequestRecord Request(string kind, long sent, EventRecord content) => new()
    {
        Sent = sent,
        Answered = Tick(),
        Client = "w",
        Node = "node",
        Kind = kind,
        Status = 200,
        Events = [content],
    };

    private RowRecord NewRow(string eventId, string payload, string? entity, long version, string? before) => new()
    {
        Position = Rows.Count + 1,
        Namespace = RequestIndex.NamespaceOf(entity),
        Entity = entity,
        Version = version,
        EventId = eventId,
        Stream = "load.test",
        Source = "w",
        Timestamp = 1,
        Payload = Encoding.UTF8.GetBytes(payload),
        Before = before is null ? null : Encoding.UTF8.GetBytes(before),
        Given = 3,
        Hash = RowHash.None,
    };

    private void Append(RowRecord row)
    {
        row = Hashed(row, row.Entity is null ? RowHash.None : Head(row.Entity).Hash);
        Rows.Add(row);
        if (row.Entity is not null)
        {
            _heads[row.Entity] = (row.Version, row.Hash);
        }
    }

    private static RowRecord Hashed(RowRecord row, byte[] previous) => row with { Hash = RowHash.Of(previous, row) };

    private (long Version, byte[] Hash) Head(string entity) => _heads.GetValueOrDefault(entity, (0, RowHash.None));

    private SortedDictionary<string, string> State(string entity) =>
        _world.TryGetValue(entity, out var state) ? state : _world[entity] = new SortedDictionary<string, string>(StringComparer.Ordinal);

    private string Former(string entity, ReadOnlySpan<(string Name, string Value)> properties)
    {
        var former = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, _) in properties)
        {
            if (_world.GetValueOrDefault(entity)?.GetValueOrDefault(name) is { } value)
            {
                former[name] = value;
            }
        }

        return Encoding.UTF8.GetString(Json(former));
    }

    private static byte[] Json(SortedDictionary<string, string> members) =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{{string.Join(',', members.Select(m => $"\"{m.Key}\":{m.Value}"))}}}"));
}
