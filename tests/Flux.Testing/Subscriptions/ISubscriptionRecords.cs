namespace Flux.Testing.Subscriptions;

/// <summary>Keeps what happened to one subscriber.</summary>
internal interface ISubscriptionRecords : IDisposable
{
    void Add(SubscriptionRecord record);

    /// <summary>All records so far, in order. Nobody may add to them meanwhile.</summary>
    IEnumerable<SubscriptionRecord> Read();
}
