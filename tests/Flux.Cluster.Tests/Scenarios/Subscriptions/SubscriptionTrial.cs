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

    /// <summary>Gets the number of entities.</summary>
    public int Entities { get; init; } = 240;

    /// <summary>Gets the seed.</summary>
    public int Seed { get; init; } = 1;
}
