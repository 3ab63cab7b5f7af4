using System.Security.Cryptography;
using System.Text;

namespace Flux.Grains.Work;

/// <summary>See <see cref="IWorkGrain"/>.</summary>
internal sealed class WorkGrain(TimeProvider time) : Grain, IWorkGrain
{
    // What has ended is kept for who comes back to look.
    private const int MostKept = 20;

    // Reports come each second.
    private static readonly TimeSpan LostAfter = TimeSpan.FromSeconds(15);

    // A browser follows the address at once.
    private static readonly TimeSpan MostWaiting = TimeSpan.FromMinutes(1);

    private readonly List<WorkItem> _items = []; // the newest last

    public Task<bool> BeginAsync(WorkItem item)
    {
        Settle();
        if (_items.Exists(other => other.Kind == item.Kind && !other.HasEnded))
        {
            return Task.FromResult(false);
        }

        _items.Add(Heard(item));
        if (_items.Count > MostKept)
        {
            _items.Remove(_items.Find(other => other.HasEnded)!); // there are fewer kinds than are kept
        }

        return Task.FromResult(true);
    }

    public Task<WorkItem?> ClaimAsync(string id, string key)
    {
        Settle();
        var at = _items.FindIndex(item => item.Id == id && item.State == WorkState.Waiting);
        if (at < 0 || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(_items[at].Key), Encoding.UTF8.GetBytes(key)))
        {
            return Task.FromResult<WorkItem?>(null);
        }

        _items[at] = Heard(_items[at] with { State = WorkState.Running });
        return Task.FromResult<WorkItem?>(_items[at]);
    }

    public Task<bool> ReportAsync(WorkItem item)
    {
        var at = _items.FindIndex(other => other.Id == item.Id);
        if (at < 0)
        {
            _items.Add(Heard(item)); // this board is a new one
            return Task.FromResult(true);
        }

        if (_items[at].State == WorkState.Cancelled)
        {
            return Task.FromResult(false); // its end was told already
        }

        _items[at] = Heard(item);
        return Task.FromResult(true);
    }

    public Task<bool> CancelAsync(string id)
    {
        Settle();
        var at = _items.FindIndex(item => item.Id == id && !item.HasEnded);
        if (at < 0)
        {
            return Task.FromResult(false);
        }

        _items[at] = Heard(_items[at] with { State = WorkState.Cancelled });
        return Task.FromResult(true);
    }

    public Task<WorkItem[]> ListAsync()
    {
        Settle();
        return Task.FromResult(_items.AsEnumerable().Reverse().ToArray());
    }

    // By the clock of this board: that of the silo that works may be another.
    private WorkItem Heard(WorkItem item) => item with { HeardAt = time.GetUtcNow() };

    // What nobody tells of any more has ended without a word.
    private void Settle()
    {
        var now = time.GetUtcNow();
        for (var i = 0; i < _items.Count; i++)
        {
            _items[i] = _items[i] switch
            {
                { State: WorkState.Running } item when now - item.HeardAt > LostAfter => item with { State = WorkState.Lost, Result = "its silo is gone" },
                { State: WorkState.Waiting } item when now - item.HeardAt > MostWaiting => item with { State = WorkState.Cancelled, Result = "nobody has fetched it" },
                var item => item,
            };
        }
    }
}
