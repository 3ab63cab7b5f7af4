using Flux.Testing.Subscriptions;

namespace Flux.Cluster.Tests.Subscriptions;

/// <summary>Subscribers of all kinds, each with two connections and something that the kind is about.</summary>
internal static class PlayedSubscriptions
{
    private static readonly SubscriptionPredicate Hot =
        SubscriptionPredicate.OverState("properties.temp > 30.0", (_, state) => state.Number("temp") > 30.0);

    private static readonly SubscriptionPredicate ModeChanged =
        SubscriptionPredicate.OverChange("!deleted && changed.exists(p, p == \"mode\")", change => !change.Deleted && change.Changes("mode"));

    public static IReadOnlyList<string> Kinds { get; } =
        ["live", "from-zero", "exact", "prefix", "snapshot", "set", "set-from-zero", "single", "single-snapshot", "conflate", "conflate-set", "disconnect", "events", "rewind", "fresh"];

    public static Played Play(string kind) => kind switch
    {
        "live" => Continued(About(kind, "*") with { Progress = true }, SubscriptionStart.Now),
        "from-zero" => Continued(About(kind, "*"), SubscriptionStart.At(0)),
        "exact" => Continued(About(kind, "plant/a", "lab/d", "nobody/here") with { Progress = true }, SubscriptionStart.At(12)),
        "prefix" => Continued(About(kind) with { Scope = new SubscriptionScope { Entities = ["lab/*"], Prefixes = ["plant-", "plant/c"] } }, SubscriptionStart.At(0)),
        "snapshot" => Continued(About(kind, "*") with { Progress = true }, SubscriptionStart.Snapshot),
        "set" => Continued(About(kind, "*") with { Predicate = Hot, Progress = true }, SubscriptionStart.Snapshot),
        "set-from-zero" => Continued(About(kind, "plant/*") with { Predicate = Hot }, SubscriptionStart.At(0)),
        "single" => Continued(About(kind, "*") with { Predicate = ModeChanged }, SubscriptionStart.Now),
        "single-snapshot" => Continued(About(kind, "*") with { Predicate = ModeChanged }, SubscriptionStart.Snapshot),
        "conflate" => Merged(About(kind, "*") with { Slow = SlowReading.Conflate, Progress = true }),
        "conflate-set" => Merged(About(kind, "*") with { Slow = SlowReading.Conflate, Predicate = Hot }),
        "disconnect" => TooSlow(About(kind, "plant/*") with { Slow = SlowReading.Disconnect }),
        "events" => Continued(About(kind, "plant/*") with { Protocol = SubscriptionProtocol.ServerSentEvents, Progress = true }, SubscriptionStart.Snapshot),
        "rewind" => Rewound(About(kind, "*") with { Progress = true }),
        "fresh" => Refreshed(About(kind, "*") with { Predicate = Hot }),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not played"),
    };

    private static SubscriptionDescription About(string name, params string[] entities) => new() { Name = name, Scope = SubscriptionScope.Of(entities) };

    // Cut at 70 and continued with its cursor while the log is at 90.
    private static Played Continued(SubscriptionDescription about, SubscriptionStart start)
    {
        var played = new Played(about);
        var at = Begin(played, start);
        played.Live(at, 60);
        played.Progress(60);
        played.Live(60, 70);
        played.Cut();
        var resumed = played.OpenAgain(90);
        played.Live(resumed, 90);
        played.CaughtUp(90);
        return End(played, 90);
    }

    private static Played Merged(SubscriptionDescription about)
    {
        var played = new Played(about);
        played.Live(Begin(played, SubscriptionStart.At(0)), 50);
        played.Merge(50, 75);
        played.Merge(75, 95);
        played.CaughtUp(95);
        played.Live(95, 110);
        played.Cut();
        played.Live(played.OpenAgain(115), 115);
        return End(played, 115);
    }

    private static Played TooSlow(SubscriptionDescription about)
    {
        var played = new Played(about);
        played.Live(Begin(played, SubscriptionStart.At(0)), 80);
        played.Close(4408, $"«{about.Name}» reads too slowly: resume from 80");
        played.Live(played.OpenAgain(110), 110);
        return End(played, 110);
    }

    // Goes back to an old position on purpose: what comes again was asked for.
    private static Played Rewound(SubscriptionDescription about)
    {
        var played = new Played(about);
        played.Live(Begin(played, SubscriptionStart.Snapshot), 80);
        played.Close(1001, "the server stops");
        played.Open(SubscriptionStart.At(40), 80);
        played.Live(40, 80);
        return End(played, 80);
    }

    // A snapshot at each connection; the second begins before the first one is complete.
    private static Played Refreshed(SubscriptionDescription about)
    {
        var played = new Played(about);
        Begin(played, SubscriptionStart.Snapshot);
        played.Records.RemoveRange(played.Find("caught_up"), played.Records.Count - played.Find("caught_up"));
        played.Cut();
        played.Open(SubscriptionStart.Snapshot, 60);
        played.Live(played.Snapshot(60), 90);
        played.Cut();
        played.Open(SubscriptionStart.Snapshot, 100);
        return End(played, played.Snapshot(100));
    }

    private static long Begin(Played played, SubscriptionStart start)
    {
        played.Open(start, 30);
        return start == SubscriptionStart.Snapshot ? played.Snapshot(30) : start.Position ?? 30;
    }

    private static Played End(Played played, long at)
    {
        played.Live(at, SmallWorld.Rows);
        played.Progress(SmallWorld.Rows);
        played.Quiesce();
        played.Cut();
        return played;
    }
}
