using System.Globalization;
using System.Text;
using Flux.Testing.History;
using Flux.Testing.Subscriptions;

namespace Flux.Cluster.Tests.Subscriptions;

/// <summary>A log of a few entities that change, go and come back, and what a faultless server knows at each position.</summary>
internal sealed class SmallWorld
{
    public const int Rows = 160;

    private static readonly string[] Ids = ["lab/d", "plant/a", "plant/b", "plant/c", "plant-2/e"];

    private readonly List<RowRecord> _rows = [];

    // After each position, the whole world.
    private readonly List<Dictionary<string, SortedDictionary<string, string>>> _states = [[]];
    private readonly Dictionary<string, long> _versions = [];

    private SmallWorld()
    {
    }

    public static SmallWorld Shared { get; } = Create();

    public IReadOnlyList<RowRecord> Log => _rows;

    public static IReadOnlyList<string> EntityIds => Ids;

    public static long SentAt(long position) => position * 10;

    public WorldLog ToLog() => WorldLog.Of(_rows, new WriteTimes(_rows.Select(r => (SentAt(r.Position), r.Position))));

    public RowRecord Row(long position) => _rows[(int)position - 1];

    /// <summary>The state of an entity after a position; null when it does not exist.</summary>
    public IReadOnlyDictionary<string, string>? State(string entity, long position) => _states[(int)position].GetValueOrDefault(entity);

    /// <summary>What an event set: empty for a deletion; null for a row that nobody hears of.</summary>
    public IReadOnlyDictionary<string, string>? Effect(long position)
    {
        if (Row(position).Entity is not { } entity)
        {
            return null;
        }

        var (before, after) = (_states[(int)position - 1].GetValueOrDefault(entity), _states[(int)position].GetValueOrDefault(entity));
        return ReferenceEquals(before, after) ? null : after is null ? [] : Properties((int)position);
    }

    public static string Json(IEnumerable<KeyValuePair<string, string>> members) => $"{{{string.Join(',', members.Select(m => $"\"{m.Key}\":{m.Value}"))}}}";

    public static string Time(long microseconds) =>
        DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond).ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);

    private static SmallWorld Create()
    {
        var world = new SmallWorld();
        for (var i = 1; i <= Rows; i++)
        {
            world.Append(i);
        }

        return world;
    }

    // Around 30, up and down, so that predicates come and go.
    private static SortedDictionary<string, string> Properties(int i)
    {
        var properties = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["temp"] = string.Create(CultureInfo.InvariantCulture, $"{i * 37 % 60}.5"),
        };
        if (i % 3 == 0)
        {
            properties["mode"] = i % 2 == 0 ? "\"on\"" : "\"off\"";
        }

        if (i % 4 == 1)
        {
            properties["big"] = "9007199254740993";
        }

        return properties;
    }

    private void Append(int i)
    {
        var entity = i % 31 == 0 ? null : Ids[i * 7 % Ids.Length];
        var state = new Dictionary<string, SortedDictionary<string, string>>(_states[^1]);
        var set = "{}";
        if (i % 17 == 0)
        {
            // An event without properties: it takes a version and changes nothing.
        }
        else if (entity is not null && i % 13 == 0)
        {
            set = "{\"__deleted__\":true}";
            state.Remove(entity);
        }
        else if (entity is not null)
        {
            set = Json(Properties(i));
            var own = new SortedDictionary<string, string>(state.GetValueOrDefault(entity) ?? [], StringComparer.Ordinal);
            foreach (var (name, value) in Properties(i))
            {
                own[name] = value;
            }

            state[entity] = own;
        }

        var version = entity is null ? 0 : _versions[entity] = _versions.GetValueOrDefault(entity) + 1;
        _states.Add(state);
        _rows.Add(new RowRecord
        {
            Position = i,
            Namespace = string.Empty,
            Entity = entity,
            Version = version,
            EventId = $"event-{i}",
            Stream = "load.test",
            Source = "w",
            Timestamp = 1,
            RecordedAt = 1_772_028_627_000_000 + (i * 1_000),
            Payload = Encoding.UTF8.GetBytes(entity is null ? "{\"note\":1}" : $"{{\"entity_id\":\"{entity}\",\"properties\":{set}}}"),
            Hash = [],
        });
    }
}
