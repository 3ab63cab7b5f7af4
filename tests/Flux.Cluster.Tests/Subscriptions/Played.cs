using System.Globalization;
using System.Text;
using Flux.Testing.Subscriptions;

namespace Flux.Cluster.Tests.Subscriptions;

/// <summary>What a subscriber of a faultless server gets, played step by step over <see cref="SmallWorld"/>. Tests edit it and see what the checker says.</summary>
internal sealed class Played(SubscriptionDescription about)
{
    private readonly SmallWorld _world = SmallWorld.Shared;
    private readonly Func<string, IReadOnlyDictionary<string, string>, bool>? _holds = StateRule(about);
    private long _head; // of the log while it is played

    public SubscriptionDescription About => about;

    public List<SubscriptionRecord> Records { get; } = [];

    private long Now => SmallWorld.SentAt(_head) + 5;

    /// <summary>Gets the last cursor that was received.</summary>
    private string Cursor => TextsOf(Records).Reverse().Select(t => Member(t, "cursor")).First(c => c is not null)!;

    public void Open(SubscriptionStart start, long head, long? begins = null)
    {
        _head = Math.Max(_head, head);
        Records.Add(new SubscriptionRecord.Opened(Now, "node", start));
        var position = begins ?? start.Position ?? (start == SubscriptionStart.Now || start == SubscriptionStart.Snapshot ? head : PositionOf(start.Text));
        Send("subscribed", start == SubscriptionStart.Snapshot ? $"\"position\":{position}" : Place(position));
    }

    public long OpenAgain(long head)
    {
        var cursor = Cursor;
        Open(SubscriptionStart.After(cursor), head);
        return PositionOf(cursor);
    }

    /// <summary>Changes from a position on, as they come live or from the log.</summary>
    public void Live(long after, long upTo)
    {
        for (var position = after + 1; position <= upTo; position++)
        {
            _head = Math.Max(_head, position);
            Tell(position, hasCursor: true);
        }
    }

    /// <summary>Rows, two a page, while the log goes on by two rows a page; then <c>caught_up</c>.</summary>
    /// <returns>The position of the last page.</returns>
    public long Snapshot(long at)
    {
        var ids = SmallWorld.EntityIds.Where(about.Scope.Holds).Order(StringComparer.Ordinal).ToList();
        var passed = new List<string>();
        foreach (var page in ids.Chunk(2))
        {
            var next = passed.Count == 0 ? at : at + 2;
            _head = Math.Max(_head, next);
            for (var position = at + 1; position <= next; position++)
            {
                if (_world.Row(position).Entity is { } entity && passed.Contains(entity))
                {
                    Tell(position, hasCursor: false);
                }
            }

            at = next;
            foreach (var id in page.Where(id => Has(id, next)))
            {
                var last = Enumerable.Range(1, (int)at).Last(p => _world.Row(p).Entity == id && _world.Effect(p) is not null);
                var version = Enumerable.Range(1, (int)at).Where(p => _world.Row(p).Entity == id).Max(p => _world.Row(p).Version);
                Send("entity", $"\"entity_id\":\"{id}\",\"properties\":{SmallWorld.Json(_world.State(id, at)!)},\"version\":{version},\"last_updated\":\"{TimeOf(last)}\"");
            }

            passed.AddRange(page);
        }

        CaughtUp(at);
        return at;
    }

    /// <summary>A stretch of the log that is merged.</summary>
    public void Merge(long after, long upTo)
    {
        _head = Math.Max(_head, upTo);
        var own = Enumerable.Range((int)after + 1, (int)(upTo - after)).Where(p => KindOf(p) is not null).ToList();
        var begin = Records.Count;
        foreach (var group in own.GroupBy(p => _world.Row(p).Entity!))
        {
            MergeEntity(group.Key, [.. group], after, upTo);
        }

        var told = Records.Skip(begin).OrderBy(r => long.Parse(Member(TextsOf([r]).Single(), "position")!, CultureInfo.InvariantCulture)).ToList();
        Records.RemoveRange(begin, told.Count);
        Records.AddRange(told);
        Send("skipped", $"\"from\":{after + 1},\"to\":{upTo},\"count\":{own.Count - told.Count},{Place(upTo)}");
    }

    public void CaughtUp(long position) => Send("caught_up", Place(position));

    public void Progress(long position)
    {
        if (about.Progress)
        {
            Send("progress", Place(position));
        }
    }

    public void Unsubscribe() => Send("unsubscribed", members: null);

    public void Cut() => Records.Add(new SubscriptionRecord.Ended(Now, ByClient: true, Code: null, Reason: string.Empty));

    public void Close(int? code, string reason) => Records.Add(new SubscriptionRecord.Ended(Now, ByClient: false, code, reason));

    public void Quiesce() => Records.Add(new SubscriptionRecord.Quiesced(Now, _head));

    /// <summary>Where the n-th frame of a type is.</summary>
    public int Find(string type, int n = 0) => Enumerable.Range(0, Records.Count).Where(i => Text(i) is { } text && Member(text, "type") == type).ElementAt(n);

    /// <summary>Where the last frame of a type is before a record.</summary>
    public int FindBefore(string type, int index) => Enumerable.Range(0, index).Last(i => Text(i) is { } text && Member(text, "type") == type);

    public int FindAfter(string type, int index) => Enumerable.Range(index + 1, Records.Count - index - 1).First(i => Text(i) is { } text && Member(text, "type") == type);

    public string? Text(int index) => Records[index] switch
    {
        SubscriptionRecord.Received received => Encoding.UTF8.GetString(received.Raw),
        SubscriptionRecord.ReceivedEvent received => Encoding.UTF8.GetString(received.Raw),
        _ => null,
    };

    /// <summary>Writes something else in a frame.</summary>
    public void Edit(int index, string from, string to)
    {
        var text = Text(index)!;
        var edited = text.Replace(from, to, StringComparison.Ordinal);
        Assert.NotEqual(text, edited);
        Records[index] = ((SubscriptionRecord.Received)Records[index]) with { Raw = Encoding.UTF8.GetBytes(edited) };
    }

    public static string? Member(string text, string name)
    {
        using var json = System.Text.Json.JsonDocument.Parse(text);
        return json.RootElement.TryGetProperty(name, out var value) ? value.ToString() : null;
    }

    private static string Common(SmallWorld world, long position) =>
        $"\"timestamp\":\"{TimeOf(position)}\",\"event_id\":\"event-{position}\",\"version\":{world.Row(position).Version},\"position\":{position}";

    private static string Place(long position) => $"\"position\":{position},\"cursor\":\"c{position}\"";

    private static long PositionOf(string cursor) => long.Parse(cursor.AsSpan(1), CultureInfo.InvariantCulture);

    private static string TimeOf(long position) => SmallWorld.Time(SmallWorld.Shared.Row(position).RecordedAt!.Value);

    private static IEnumerable<string> TextsOf(IEnumerable<SubscriptionRecord> records) => records
        .Select(r => r switch
        {
            SubscriptionRecord.Received received => received.Raw,
            SubscriptionRecord.ReceivedEvent received => received.Raw,
            _ => null,
        })
        .OfType<byte[]>()
        .Select(Encoding.UTF8.GetString);

    // The rule of the one predicate over state that the played subscriptions have, once more and in another way.
    private static Func<string, IReadOnlyDictionary<string, string>, bool>? StateRule(SubscriptionDescription about) =>
        about.IsOverState ? (_, state) => string.CompareOrdinal(state["temp"].PadLeft(4, '0'), "30.0") > 0 : null;

    private bool Has(string entity, long position) =>
        about.Scope.Holds(entity) && _world.State(entity, position) is { } state && (_holds is null || _holds(entity, state));

    private string? KindOf(long position)
    {
        if (_world.Effect(position) is not { } effect || _world.Row(position).Entity is not { } entity || !about.Scope.Holds(entity))
        {
            return null;
        }

        var plain = effect.Count == 0 ? "entity_deleted" : "change";
        if (about.IsOverState)
        {
            return (Has(entity, position - 1), Has(entity, position)) switch
            {
                (true, true) => plain,
                (false, true) => "enter",
                (true, false) => effect.Count == 0 ? plain : "leave",
                _ => null,
            };
        }

        return about.Predicate is null || effect.ContainsKey("mode") ? plain : null;
    }

    private void Tell(long position, bool hasCursor)
    {
        if (KindOf(position) is { } kind)
        {
            var entity = _world.Row(position).Entity!;
            Tell(kind, entity, position, kind == "enter" ? _world.State(entity, position)! : _world.Effect(position)!, hasCursor);
        }
    }

    private void Tell(string kind, string entity, long position, IEnumerable<KeyValuePair<string, string>> properties, bool hasCursor)
    {
        var content = kind is "change" or "enter" ? $",\"properties\":{SmallWorld.Json(properties)}" : string.Empty;
        Send(kind, $"\"entity_id\":\"{entity}\"{content},{Common(_world, position)}{(hasCursor ? $",\"cursor\":\"c{position}\"" : string.Empty)}");
    }

    private void MergeEntity(string entity, List<int> own, long after, long upTo)
    {
        var last = own[^1];
        if (!about.IsOverState)
        {
            var deletion = own.FindLastIndex(p => _world.Effect(p)!.Count == 0);
            if (deletion >= 0)
            {
                Tell("entity_deleted", entity, own[deletion], [], hasCursor: false);
            }

            var newest = new SortedDictionary<string, string>(StringComparer.Ordinal);
            foreach (var (name, value) in own.Skip(deletion + 1).SelectMany(p => _world.Effect(p)!))
            {
                newest[name] = value;
            }

            if (newest.Count > 0)
            {
                Tell("change", entity, last, newest, hasCursor: false);
            }

            return;
        }

        // Whoever left and came back without being removed only enters again.
        var lost = own.FindLastIndex(p => KindOf(p) is "leave" or "entity_deleted");
        var (before, now) = (Has(entity, after), Has(entity, upTo));
        if (before && lost >= 0 && (!now || KindOf(own[lost]) == "entity_deleted"))
        {
            Tell(KindOf(own[lost])!, entity, own[lost], [], hasCursor: false);
        }

        if (now && (!before || lost >= 0))
        {
            Tell("enter", entity, last, _world.State(entity, last)!, hasCursor: false);
        }
        else if (now)
        {
            var newest = new SortedDictionary<string, string>(StringComparer.Ordinal);
            foreach (var (name, value) in own.SelectMany(p => _world.Effect(p)!))
            {
                newest[name] = value;
            }

            Tell("change", entity, last, newest, hasCursor: false);
        }
    }

    private void Send(string type, string? members)
    {
        var sub = about.Protocol == SubscriptionProtocol.Socket ? $",\"sub\":\"{about.Name}\"" : string.Empty;
        var text = $"{{\"type\":\"{type}\"{sub}{(members is null ? string.Empty : $",{members}")}}}";
        var raw = Encoding.UTF8.GetBytes(text);
        Records.Add(about.Protocol == SubscriptionProtocol.Socket
            ? new SubscriptionRecord.Received(Now, raw)
            : new SubscriptionRecord.ReceivedEvent(Now, type, Member(text, "cursor") ?? string.Empty, raw));
    }
}
