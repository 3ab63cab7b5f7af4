namespace Flux.Testing.Subscriptions;

/// <summary>Keeps the records of a subscriber that gets little, where there are more subscribers than files may be open.</summary>
internal sealed class SubscriptionMemory : ISubscriptionRecords
{
    private readonly List<SubscriptionRecord> _records = [];
    private readonly Lock _gate = new();

    public void Add(SubscriptionRecord record)
    {
        lock (_gate)
        {
            _records.Add(record);
        }
    }

    public IEnumerable<SubscriptionRecord> Read() => _records;

    public void Dispose()
    {
    }
}
