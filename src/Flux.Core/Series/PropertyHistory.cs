using Flux.Core.Entities;
using Flux.Core.Log;

namespace Flux.Core.Series;

/// <summary>Says what an event means to the past of one property. Scans and everything that is kept of them follow it.</summary>
public static class PropertyHistory
{
    private static readonly byte[] Null = "null"u8.ToArray();

    /// <summary>Finds what an event has made of a property.</summary>
    /// <param name="recorded">The event.</param>
    /// <param name="before">The entity's properties before it.</param>
    /// <param name="property">The property's name.</param>
    /// <param name="json">
    /// The value that the event sets: the producer's JSON, compact, a slice of the payload. <c>null</c> also when the event deletes the entity, and
    /// with it a value that was not <c>null</c>.
    /// </param>
    /// <returns>False when the event says nothing of the property.</returns>
    public static bool TryFind(RecordedEvent recorded, PropertyMap before, string property, out ReadOnlyMemory<byte> json)
    {
        json = Null;
        var change = recorded.Data.Payload.Change;
        if (change.IsDeletion)
        {
            return before.TryGetValue(property, out var value) && !SeriesPoint.IsGap(value);
        }

        foreach (var set in change.Properties)
        {
            if (string.Equals(set.Name, property, StringComparison.Ordinal))
            {
                json = set.Value;
                return true;
            }
        }

        return false;
    }
}
