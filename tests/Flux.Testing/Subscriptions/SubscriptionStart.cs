using System.Globalization;

namespace Flux.Testing.Subscriptions;

/// <summary>Where a subscription was asked to begin.</summary>
internal sealed record SubscriptionStart
{
    private const string NowText = "now";
    private const string SnapshotText = "snapshot";

    private SubscriptionStart(string text, long? position) => (Text, Position) = (text, position);

    public static SubscriptionStart Now { get; } = new(NowText, position: null);

    public static SubscriptionStart Snapshot { get; } = new(SnapshotText, position: null);

    /// <summary>Gets <c>now</c>, <c>snapshot</c>, the cursor, or the position's digits.</summary>
    public string Text { get; }

    /// <summary>Gets the position, when it is one.</summary>
    public long? Position { get; }

    public bool IsCursor => Position is null && Text is not (NowText or SnapshotText);

    public static SubscriptionStart At(long position) => new(position.ToString(CultureInfo.InvariantCulture), position);

    public static SubscriptionStart After(string cursor) => new(cursor, position: null);

    public static SubscriptionStart Parse(string text) =>
        text == NowText ? Now : text == SnapshotText ? Snapshot
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var position) ? At(position)
        : After(text);

    public override string ToString() => Text;
}
