namespace Flux.Testing.Subscriptions;

/// <summary>Which entities a subscription is about, read on the checker's own terms.</summary>
internal sealed record SubscriptionScope
{
    /// <summary>What begins so is the server's own, and in nobody's scope.</summary>
    private const string Internal = "$flux/";

    /// <summary>Gets the members of <c>entity</c>: ids, <c>ns/*</c> or <c>*</c>.</summary>
    public IReadOnlyList<string> Entities { get; init; } = [];

    /// <summary>Gets the members of <c>prefix</c>.</summary>
    public IReadOnlyList<string> Prefixes { get; init; } = [];

    public static SubscriptionScope Of(params string[] entities) => new() { Entities = entities };

    public static SubscriptionScope WithPrefix(params string[] prefixes) => new() { Prefixes = prefixes };

    public bool Holds(string entity) =>
        !entity.StartsWith(Internal, StringComparison.Ordinal)
        && (Entities.Any(e => Holds(e, entity)) || Prefixes.Any(p => entity.StartsWith(p, StringComparison.Ordinal)));

    public override string ToString() => string.Join(' ', [.. Entities, .. Prefixes.Select(p => $"prefix:{p}")]);

    private static bool Holds(string pattern, string entity) =>
        pattern == "*"
        || string.Equals(pattern, entity, StringComparison.Ordinal)
        || (pattern.EndsWith("/*", StringComparison.Ordinal) && entity.AsSpan().StartsWith(pattern.AsSpan(0, pattern.Length - 1), StringComparison.Ordinal));
}
