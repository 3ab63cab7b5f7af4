using System.Globalization;
using Flux.Testing.Load;
using Flux.Testing.Subscriptions;

namespace Flux.Cluster.Tests.Scenarios.Subscriptions;

/// <summary>Subscribers of all kinds, mixed so that each scope, predicate, beginning, return, slowness and protocol meets many of the others.</summary>
internal static class SubscriberPlans
{
    private const int SlowEvery = 4;

    private static readonly TimeSpan ShortStall = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Reading = TimeSpan.FromSeconds(1.5); // between two stalls

    private static readonly SubscriptionPredicate?[] Predicates =
    [
        null,
        SubscriptionPredicate.OverState("has(properties.temp) && properties.temp > 30.0", (_, state) => state.Number("temp") > 30.0),
        SubscriptionPredicate.OverChange(
            "properties.temp > 30.0 && previous.temp <= 30.0",
            change => change.After.Number("temp") > 30.0 && change.Before.Number("temp") <= 30.0),
        null,
        SubscriptionPredicate.OverState(
            "properties.mode == \"on\" && properties.temp < 20.0 && !entity.endsWith(\"7\")",
            (entity, state) => state.Text("mode") == "on" && state.Number("temp") < 20.0 && !entity.EndsWith('7')),
        SubscriptionPredicate.OverChange("changed.exists(p, p == \"mode\")", change => change.Changes("mode")),
        null,
        SubscriptionPredicate.OverChange("deleted || entity.contains(\"line-3\")", change => change.Deleted || change.Entity.Contains("line-3", StringComparison.Ordinal)),
    ];

    /// <summary>Gets the namespaces of the load. Events on <c>bulk</c> are large, so that whoever does not read has soon more waiting than it may.</summary>
    public static IReadOnlyList<string> Namespaces { get; } = ["plant", "plant-2", "lab", "plant", "lab", "bulk"];

    /// <summary>What an event sets: a temperature around the limit of the predicates, now and then a mode, and in <c>bulk</c> a large text.</summary>
    public static string Properties(string entity, string id, Random random, int bulkBytes)
    {
        var members = new List<string> { string.Create(CultureInfo.InvariantCulture, $"\"temp\":{random.Next(600) / 10.0:F1}"), $"\"v\":\"{id}\"" };
        if (random.Next(3) == 0)
        {
            members.Add($"\"mode\":\"{(random.Next(3) switch { 0 => "on", 1 => "off", _ => "auto ü" })}\"");
        }

        if (random.Next(8) == 0)
        {
            members.Add($"\"big\":9007199254740993,\"nested\":{{\"of\":\"{id}\",\"list\":[1,2.50,null]}}");
        }

        if (entity.StartsWith("bulk/", StringComparison.Ordinal))
        {
            members.Add($"\"text\":\"{new string((char)('a' + random.Next(26)), bulkBytes)}\"");
        }

        return $"{{{string.Join(',', members)}}}";
    }

    /// <summary>The scopes of the classic subscribers, of which there are a few.</summary>
    public static string ClassicFilter(int number, WorldLoad load) => (number % 3) switch { 0 => "plant/*", 1 => load.EntityId(0), _ => "*" };

    /// <summary>What the n-th subscriber asks for.</summary>
    public static SubscriptionDescription Describe(int number, WorldLoad load)
    {
        var isSlow = IsSlow(number);
        var slow = number / SlowEvery;
        return new SubscriptionDescription
        {
            Name = string.Create(CultureInfo.InvariantCulture, $"s{number}{(isSlow ? "-slow" : string.Empty)}"),
            Scope = isSlow ? SlowScope(slow) : Scope(number, load),
            Predicate = isSlow ? (slow % 4 == 1 ? Predicates[1] : null) : Predicates[number * 3 % Predicates.Length],
            Slow = (SlowReading)(isSlow ? slow % 3 : number % 3),
            Progress = number % 3 != 0,
            Protocol = number % 6 == 5 || number % 24 == 16 ? SubscriptionProtocol.ServerSentEvents : SubscriptionProtocol.Socket,
        };
    }

    /// <summary>How it behaves.</summary>
    public static SubscriberManners Behave(int number, SubscriptionTrial trial, RecordedSubscriber? lender)
    {
        var isLate = number % 5 == 4 && !IsSlow(number);
        return new SubscriberManners
        {
            First = ((IsSlow(number) ? number / SlowEvery : number) % 5) switch
            {
                1 or 2 => SubscriptionStart.Snapshot,
                3 => SubscriptionStart.Now,
                _ => SubscriptionStart.At(0),
            },
            Again = (number % 7) switch { 4 => ComingBack.AtItsPosition, 5 => ComingBack.WithASnapshot, 6 => ComingBack.Earlier, _ => ComingBack.AtItsCursor },
            Late = isLate ? trial.Duration / 2 : TimeSpan.Zero,
            Lender = isLate && number % 2 == 0 ? lender : null,
            CutAfter = trial.Duration / (IsSlow(number) ? 2 : 5),
            Stalling = IsSlow(number) ? (Reading, StallOf(number / SlowEvery, trial)) : null,
            FirstAddress = number,
            Seed = trial.Seed + number,
        };
    }

    // Every other one that asked to be disconnected reads again before the server gives up its close code.
    private static TimeSpan StallOf(int slow, SubscriptionTrial trial) =>
        (SlowReading)(slow % 3) == SlowReading.Disconnect && slow % 2 == 0 && trial.Stall > ShortStall ? ShortStall : trial.Stall;

    private static bool IsSlow(int number) => number % SlowEvery == 0;

    // Two namespaces are two pages of a snapshot at least: while the first, which is large, is read slowly, much of it changes.
    private static SubscriptionScope SlowScope(int slow) => slow % 2 == 0 ? SubscriptionScope.Of("lab/*", "bulk/*") : SubscriptionScope.Of("bulk/*");

    private static SubscriptionScope Scope(int number, WorldLoad load) => (number % 9) switch
    {
        0 => SubscriptionScope.Of(load.EntityId(0)),
        1 => SubscriptionScope.Of("plant/*"),
        2 => SubscriptionScope.WithPrefix("plant-2/line-1", "lab/line-3/"),
        3 => SubscriptionScope.Of("*"),
        4 => SubscriptionScope.Of(load.EntityId(0), load.EntityId(1), load.EntityId(2), "nobody/was-here"),
        5 => SubscriptionScope.Of("lab/*"),
        6 => SubscriptionScope.WithPrefix("plant"),
        7 => new SubscriptionScope { Entities = ["plant-2/*", load.EntityId(0)], Prefixes = ["lab/line-2", "plant-2/line-1"] },
        _ => SubscriptionScope.Of("plant-2/*", "lab/*"),
    };
}
