namespace Flux.Cluster.Tests.Scenarios.Subscriptions;

/// <summary>How large a run of subscribers is.</summary>
internal sealed record SubscriptionTrial
{
    /// <summary>Gets the number of subscribers, classic ones included.</summary>
    public required int Subscribers { get; init; }

    /// <summary>Gets the number of writers.</summary>
    public required int Writers { get; init; }

    /// <summary>Gets how long they write.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Gets the pause of each writer after each request, so that servers, clients and database fit on one small machine.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMilliseconds(40);

    /// <summary>Gets how often each writer begins a request, when there is no pause.</summary>
    public TimeSpan Every { get; init; }

    /// <summary>Gets the number of entities: more than a page of a snapshot has.</summary>
    public int Entities { get; init; } = 1_500;

    /// <summary>
    /// Gets how long the texts of <c>bulk</c> are, in bytes. While a slow reader stalls there must come more than the server's bound for a socket and the
    /// system's buffers, which take up to 4 MiB.
    /// </summary>
    public int BulkBytes { get; init; } = 40_000;

    /// <summary>Gets the share of steps that send a batch, of 2 to 21 events.</summary>
    public double BatchShare { get; init; } = 0.20;

    /// <summary>
    /// Gets how long slow readers stall. They answer no pings meanwhile, for which a server waits 15 seconds; and a sender whose window was closed may look
    /// only 0.2, 0.6, 1.4, 3, 6.2 or 12.6 seconds later whether it is open again.
    /// </summary>
    public TimeSpan Stall { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets the seed.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The whole measure: 200 subscribers and 20 writers for 3 minutes.</summary>
    public static SubscriptionTrial Long { get; } = new SubscriptionTrial
    {
        Subscribers = 200,
        Writers = 20,
        Duration = TimeSpan.FromMinutes(3),
        Pause = TimeSpan.FromMilliseconds(200),
        BulkBytes = 20_000,
        Stall = TimeSpan.FromSeconds(7),
    };
}
