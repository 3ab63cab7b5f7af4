using System.Text;
using System.Text.Json;

namespace Flux.Trials.Fuzz;

/// <summary>Makes bodies and messages: objects of the right members, with some of them missing, twice, or of another kind.</summary>
internal sealed class Bodies(Dice dice)
{
    /// <summary>An event, as it is published.</summary>
    public string Event()
    {
        var members = new List<(string Name, string Json)>
        {
            ("stream", dice.Text("\"test\"", "\"a.b\"", "\"test\"")),
            ("source", "\"fuzz\""),
            ("timestamp", dice.Text("1772028627158", "1", "9223372036854775807", "1772028627158")),
            ("payload", Object(("entity_id", Id()), ("properties", Properties()))),
        };
        Add(3, "eventId", () => $"\"e{dice.Below(50)}\"");
        Add(20, "key", () => "\"k\"");
        Add(20, "schema", () => "\"s\"");
        Add(10, "if_version", () => $"{dice.Below(5)}");
        Add(10, "condition", () => Text(Expressions.Likely(dice)));
        Add(20, "claim_token", () => $"{dice.Below(10)}");
        Add(20, "ttl", () => dice.Text("1", "2", "600"));
        Add(20, "property_ttl", () => $"{{\"{dice.Pick(Words.Names)}\":{dice.Below(3)}}}");
        Add(10, "caused_by", () => dice.Text($"{dice.Below(100)}", $"\"e{dice.Below(50)}\"", "null"));
        return Object([.. members]);

        void Add(int oneIn, string name, Func<string> json)
        {
            if (dice.OneIn(oneIn))
            {
                members.Insert(dice.Below(members.Count + 1), (name, json()));
            }
        }
    }

    public string Batch()
    {
        var events = $"[{string.Join(',', Enumerable.Range(0, dice.Below(8)).Select(_ => dice.OneIn(10) ? dice.Pick(Words.Values) : Event()))}]";
        return dice.OneIn(4) ? events : Object(("events", events));
    }

    public string DeleteMany() => dice.Below(3) switch
    {
        0 => Object(("entity_ids", $"[{string.Join(',', Enumerable.Range(0, dice.Below(4)).Select(_ => Id()))}]")),
        1 => Object(("prefix", dice.Text("\"acme/e1\"", "\"acme/e2\"", "\"acme/x\"", "\"\""))),
        _ => Object(("namespace", dice.Text("\"other\"", "\"nobody\"", "\"acme/\""))),
    };

    public string Claim() => Object(
        ("entity_id", Id()), ("key", dice.Text("\"k\"", "\"\"", "\"k2\"")), ("owner", dice.Text("\"a\"", "\"b\"")), ("token", $"{dice.Below(5)}"), ("ttl", dice.Text("1", "60", "604800", "604801")));

    /// <summary>What is sent to the management of namespaces. None of it names a namespace that others need.</summary>
    public string Management() => Object(
        ("name", $"\"fuzz-{dice.Below(8)}\""), ("private", dice.Text("true", "false")), ("scope", dice.Text("\"read\"", "\"write\"", "\"admin\"")), ("state", dice.Text("\"active\"", "\"banned\"", "\"suspended\"")),
        ("graceSeconds", dice.Text("0", "60", "-1")), ("limits", dice.Text("{}", "{\"entities\":5}", "{\"eventBytes\":100}", "{\"eventsPerMinute\":0}")), ("expiresAt", "\"2999-01-01T00:00:00Z\""));

    public string Configuration() => Object(
        ("rate_limit_enabled", dice.Text("true", "false")), ("rate_limit_per_namespace_per_minute", "5000"), ("body_size_limit_single_bytes", "0"), ("body_size_limit_batch_bytes", "1"));

    public string ClassicMessage() => Object(("type", dice.Text("\"subscribe\"", "\"subscribe\"", "\"unsubscribe\"", "\"auth\"", "\"foo\"")), ("entity_id", dice.OneIn(3) ? dice.Text("\"*\"", "\"acme/*\"") : Id()));

    public string NewerMessage()
    {
        var type = dice.Text("subscribe", "subscribe", "subscribe", "replay", "replay", "unsubscribe", "pause", "resume", "speed", "seek", "stop", "metrics", "auth", "ping");
        var members = new List<(string Name, string Json)> { ("type", $"\"{type}\"") };
        switch (type)
        {
            case "subscribe" or "replay":
                members.AddRange([("sub", Sub()), dice.Pick(Scopes()), ("from", From(type))]);
                Add(2, "where", () => Text(Expressions.Likely(dice)));
                Add(3, "slow", () => dice.Text("\"catch_up\"", "\"conflate\"", "\"disconnect\""));
                Add(3, "progress", () => "true");
                Add(type == "replay" ? 2 : 10, "to", () => dice.Text("\"live\"", "1", "50", "\"2026-02-25T20:04:27Z\""));
                Add(type == "replay" ? 2 : 10, "speed", () => dice.Text("1", "1000", "\"max\"", "0.001", "1e300"));
                Add(type == "replay" ? 3 : 10, "paused", () => dice.Text("true", "false"));
                Add(type == "replay" ? 3 : 10, "max_idle", () => dice.Text("0", "1", "86400"));
                break;
            case "metrics":
                members.Add(("enabled", dice.Text("true", "false")));
                break;
            case "auth":
                members.Add(("token", dice.Text("\"x\"", "\"flux_ns_000000000000000000000000000000000000\"")));
                break;
            case "ping":
                members.Add(("data", dice.Text("\"\"", "\"p\"", $"\"{new string('d', 65)}\"")));
                break;
            default:
                members.AddRange([("sub", Sub()), ("speed", dice.Text("1", "\"max\"", "0")), ("from", From("replay"))]);
                break;
        }

        return Object([.. members]);

        void Add(int oneIn, string name, Func<string> json)
        {
            if (dice.OneIn(oneIn))
            {
                members.Add((name, json()));
            }
        }
    }

    private static string Text(string text) => JsonSerializer.Serialize(text);

    private string Sub() => $"\"s{dice.Below(4)}\"";

    private string From(string type) => type == "replay"
        ? dice.Text("\"start\"", "0", "1", "40", "\"2000-01-01T00:00:00Z\"", Text(dice.Pick(Words.Cursors)))
        : dice.Text("\"now\"", "\"snapshot\"", "0", "1", "40", Text(dice.Pick(Words.Cursors)));

    private (string Name, string Json)[] Scopes() =>
    [
        ("entity", "\"*\""), ("entity", "\"acme/*\""), ("entity", Id()), ("entity", $"[{Id()},{Id()}]"), ("prefix", "\"acme/\""), ("prefix", dice.Text("\"\"", "[]", "[\"a\",\"acme/e\"]")),
    ];

    private string Id() => Text(dice.OneIn(3) ? dice.Pick(Words.Ids) : $"acme/e{dice.Below(20)}");

    private string Properties() =>
        $"{{{string.Join(',', Enumerable.Range(0, dice.Below(5)).Select(_ => $"\"{dice.Pick(Words.Names)}\":{(dice.OneIn(3) ? dice.Pick(Words.Values) : $"{dice.Below(100)}")}"))}}}";

    /// <summary>An object whose members are now and then missing, twice, unknown, or another value.</summary>
    private string Object(params (string Name, string Json)[] members)
    {
        var text = new StringBuilder("{");
        foreach (var (name, json) in members)
        {
            if (dice.OneIn(25))
            {
                continue;
            }

            for (var times = dice.OneIn(40) ? 2 : 1; times > 0; times--)
            {
                text.Append(text.Length > 1 ? "," : "").Append('"').Append(name).Append("\":").Append(dice.OneIn(20) ? dice.Pick(Words.Values) : json);
            }

            if (dice.OneIn(40))
            {
                text.Append(text.Length > 1 ? "," : "").Append('"').Append(dice.Pick(Words.Names)).Append("\":").Append(dice.Pick(Words.Values));
            }
        }

        return text.Append('}').ToString();
    }
}
