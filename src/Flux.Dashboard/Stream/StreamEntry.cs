using System.Text.Json;
using Flux.Client;
using Flux.Dashboard.Api;

namespace Flux.Dashboard.Stream;

/// <summary>An event that went by.</summary>
/// <param name="Number">Its number on this page; two of one position can stand here after a lost connection.</param>
/// <param name="Position">Its position in the log.</param>
/// <param name="At">When it was recorded.</param>
/// <param name="EntityId">Its entity.</param>
/// <param name="Version">The entity's version with it.</param>
/// <param name="What">What it did, in a line.</param>
public sealed record StreamEntry(long Number, long Position, DateTimeOffset At, string EntityId, long Version, string What)
{
    // More than a line holds.
    private const int MostProperties = 6;

    internal static StreamEntry Of(SubscriptionItem.Event item, long number) => new(number, item.Position, item.Timestamp, item.EntityId, item.Version, item switch
    {
        SubscriptionItem.Change change => InShort(change.Properties),
        SubscriptionItem.Enter enter => InShort(enter.Properties),
        SubscriptionItem.EntityDeleted => "deleted",
        _ => "fulfils the condition no longer",
    });

    private static string InShort(JsonElement properties) => string.Join(
        ", ", properties.EnumerateObject().Take(MostProperties).Select(property => $"{property.Name} = {ValueText.Of(property.Value, ValueText.Short)}"));
}
