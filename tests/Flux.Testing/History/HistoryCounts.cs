namespace Flux.Testing.History;

/// <summary>The counts' names in reports, and which of them wait for something.</summary>
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

    /// <summary>Gets what a count waits for.</summary>
    /// <param name="count">The count.</param>
    /// <returns>Null when it is counted.</returns>
    public static string? WaitsFor(HistoryCount count) => count switch
    {
        HistoryCount.CrossTenant => "private namespaces, whose grants go to grants.jsonl",
        HistoryCount.LiveReplay => "resume and replay over sockets (flux.v2)",
        _ => null,
    };
}
