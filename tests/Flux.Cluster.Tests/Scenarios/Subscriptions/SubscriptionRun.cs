using Flux.Testing.History;
using Flux.Testing.Load;

namespace Flux.Cluster.Tests.Scenarios.Subscriptions;

/// <summary>Writers and subscribers of all kinds over one history.</summary>
internal sealed class SubscriptionRun : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopLoad = new();
    private readonly SubscriptionTrial _trial;
    private readonly IReadOnlyList<Uri> _addresses;

    public SubscriptionRun(SubscriptionTrial trial, IReadOnlyList<Uri> addresses, HistoryRecorder recorder)
    {
        (_trial, _addresses) = (trial, addresses);
        Group = new SubscriberGroup(recorder);
        Load = new WorldLoad(
            addresses,
            new LoadOptions
            {
                Writers = trial.Writers,
                Entities = trial.Entities,
                Namespaces = SubscriberPlans.Namespaces,
                Pause = trial.Pause,
                Every = trial.Every,
                BatchShare = trial.BatchShare,
                Properties = (entity, id, random) => SubscriberPlans.Properties(entity, id, random, trial.BulkBytes),
                Seed = trial.Seed,
            },
            recorder,
            TimeProvider.System);
    }

    public WorldLoad Load { get; }

    public SubscriberGroup Group { get; }

    /// <summary>Gets the number of classic subscribers: one in ten.</summary>
    public int Classic => _trial.Subscribers / 10;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Sets all entities once, begins all subscribers and the load, and does harm at even distances until the time is over.</summary>
    public async Task LastAsync(IReadOnlyList<Func<Task>> harms)
    {
        await Load.PreloadAsync(Cancellation);
        for (var number = 0; number < _trial.Subscribers - Classic; number++)
        {
            var lender = Group.Subscribers.FirstOrDefault(s => s.About.Progress);
            Group.Add(SubscriberPlans.Describe(number, Load), SubscriberPlans.Behave(number, _trial, lender), _addresses);
        }

        var writing = Load.RunAsync(_stopLoad.Token, Cancellation);
        var pause = _trial.Duration / (harms.Count + 1);
        await Task.Delay(pause, TimeProvider.System, Cancellation);
        foreach (var harm in harms)
        {
            await harm();
            await Task.Delay(pause, TimeProvider.System, Cancellation);
        }

        await _stopLoad.CancelAsync();
        await writing;
    }

    /// <summary>Has every subscriber judged; the history must have the log by now.</summary>
    public void Judge() => SubscriptionMeaning.Require(Group.Judge(Group.ReadLog()), _trial);

    public async ValueTask DisposeAsync()
    {
        await _stopLoad.CancelAsync();
        await Group.DisposeAsync();
        _stopLoad.Dispose();
    }
}
