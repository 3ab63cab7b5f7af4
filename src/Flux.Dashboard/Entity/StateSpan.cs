using System.Text.Json;
using Flux.Dashboard.Api;

namespace Flux.Dashboard.Entity;

/// <summary>A time in which a property had one value.</summary>
/// <param name="Start">When it took the value.</param>
/// <param name="Value">The value as text; null where it had none.</param>
public sealed record StateSpan(DateTimeOffset Start, string? Value)
{
    private const int Longest = 40;

    /// <summary>Puts the points of a series together: those that say the same are one.</summary>
    /// <param name="points">The points as the API gives them, the newest first.</param>
    /// <returns>The spans, the oldest first.</returns>
    internal static IReadOnlyList<StateSpan> Of(JsonElement points)
    {
        var spans = new List<StateSpan>();
        string? former = null; // what JSON says
        foreach (var point in points.EnumerateArray().Reverse())
        {
            var json = point[1].GetRawText();
            if (json != former)
            {
                var start = Moment.Read(point[0]);
                spans.Add(new StateSpan(start, point[1].ValueKind == JsonValueKind.Null ? null : ValueText.Of(point[1], Longest)));
                former = json;
            }
        }

        return spans;
    }
}
