using System.Text.Json;
using Flux.Dashboard.Api;

namespace Flux.Dashboard.Entity;

/// <summary>Reads the past of properties.</summary>
internal static class PastReader
{
    private const int Buckets = 120;
    private const int MostChanges = 200;  // of a state
    private const int LongestState = 100; // characters: what is longer is a text and no state

    /// <summary>Says whether the past of a property can be drawn.</summary>
    /// <param name="property">The property.</param>
    public static bool IsDrawn(PropertyView property) => property.Value.ValueKind switch
    {
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False or JsonValueKind.Null => true,
        JsonValueKind.String => property.Value.GetRawText().Length <= LongestState,
        _ => false,
    };

    /// <summary>Reads the past of a property.</summary>
    /// <param name="api">Who is asked.</param>
    /// <param name="entity">The entity.</param>
    /// <param name="property">The property.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>Its past; null when it has none.</returns>
    public static async Task<Drawing?> ReadAsync(FluxApi api, string entity, PropertyView property, CancellationToken cancellationToken)
    {
        var series = AddressOf(entity, property.Name);
        if (property.Value.ValueKind is JsonValueKind.Number or JsonValueKind.Null) // what is nothing now may have been a number
        {
            var stretches = await api.GetAsync($"{series}&buckets={Buckets}", cancellationToken);
            var points = stretches.Json.EnumerateArray().Select(ChartPoint.Of).ToList();
            if (points.Exists(point => point.Average is not null))
            {
                return new Drawing(property.Name, points, []);
            }
        }

        var changes = await api.GetAsync($"{series}&order=desc&limit={MostChanges}", cancellationToken);
        return StateSpan.Of(changes.Json) is { Count: > 0 } spans ? new Drawing(property.Name, [], spans) : null;
    }

    /// <summary>Says where the series of a property is. The property's name may be empty.</summary>
    /// <param name="entity">The entity.</param>
    /// <param name="property">The property.</param>
    public static string AddressOf(string entity, string property) =>
        $"/api/series?entity={Uri.EscapeDataString(entity)}&property={Uri.EscapeDataString(property)}";
}
