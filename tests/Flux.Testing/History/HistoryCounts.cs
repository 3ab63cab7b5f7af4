namespace Flux.Testing.History;

/// <summary>The counts' names in reports.</summary>
public static class HistoryCounts
{
    /// <summary>Gets the name that the fault model gives a count.</summary>
    /// <param name="count">The count.</param>
    /// <returns>Its name.</returns>
    public static string NameOf(HistoryCount count) => count switch
    {
        HistoryCount.CrossTenant => "cross-tenant",
        HistoryCount.LiveReplay => "live≠replay",
        HistoryCount.StateFold => "state≠fold",
        _ => count.ToString().ToLowerInvariant(),
    };
}
