using System.Text;
using Flux.Core.Events;

namespace Flux.Core.Tests.Events;

/// <summary>Makes request bodies out of the good event of bad-input, and reads them.</summary>
internal static class Bodies
{
    public static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeMilliseconds(1_772_000_000_000);

    public static readonly EventIds Ids = new(new Clock());

    /// <summary>The good event with one member replaced, or added at its end; null takes it out.</summary>
    public static string Good(string? member = null, string? value = null)
    {
        var members = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["stream"] = "\"test\"",
            ["source"] = "\"bad-input\"",
            ["timestamp"] = "1772028627158",
            ["payload"] = """{"entity_id":"acme/e1","properties":{"n":1}}""",
        };
        if (member is not null && value is null)
        {
            members.Remove(member);
        }
        else if (member is not null)
        {
            members[member] = value!;
        }

        return "{" + string.Join(",", members.Select(m => $"\"{m.Key}\":{m.Value}")) + "}";
    }

    public static string WithProperties(string properties) => Good("payload", $$"""{"entity_id":"acme/e1","properties":{{properties}}}""");

    public static string WithValue(string value) => WithProperties($$"""{"v":{{value}}}""");

    public static EventData Read(string body) => Read(Encoding.UTF8.GetBytes(body));

    public static EventData Read(byte[] body) => EventReader.ReadEvent(body, Ids, Now);

    public static List<EventReadResult> ReadBatch(string body) => ReadBatch(Encoding.UTF8.GetBytes(body));

    public static List<EventReadResult> ReadBatch(byte[] body, long maxEventBytes = long.MaxValue) => EventReader.ReadBatch(body, maxEventBytes, Ids, Now);

    public static EventRefusedException Refused(string body) => Refused(Encoding.UTF8.GetBytes(body));

    public static EventRefusedException Refused(byte[] body) => Assert.Throws<EventRefusedException>(() => Read(body));

    public static EventRefusedException BatchRefused(string body) => Assert.Throws<EventRefusedException>(() => ReadBatch(body));

    /// <summary>Arrays within one another.</summary>
    public static string Nested(int levels) => new string('[', levels) + new string(']', levels);

    public static string Text(ReadOnlyMemory<byte> utf8) => Encoding.UTF8.GetString(utf8.Span);
}
