using System.Globalization;
using Flux.Cluster.Tests.Scenarios.Subscriptions;
using Flux.Testing.Load;

namespace Flux.Cluster.Tests.Scenarios.Soak;

/// <summary>Measures what the servers can take, loads them with half of it, and follows them.</summary>
internal sealed class SoakRun(SoakTarget target, TimeSpan duration) : IAsyncDisposable
{
    private const int Writers = 8;
    private const int Samples = 90;

    // A slow reader has soon more waiting than it may, and half an hour of it still fits into the memory of those who judge.
    private const int BulkBytes = 2_000;
    private const double BatchShare = 0.02;

    // Judged by numbers only when it was long enough for caches to be full.
    private static readonly TimeSpan LongEnough = TimeSpan.FromMinutes(20);
    private static readonly TimeSpan Measuring = TimeSpan.FromSeconds(15);

    private readonly SoakSampler _sampler = new(target, duration / Samples);
    private SubscriptionRun? _run;
    private SubscriptionTrial? _trial;
    private double _most;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Runs the load to its end.</summary>
    /// <returns>The run, whose subscribers still wait for the last of it.</returns>
    public async Task<SubscriptionRun> LastAsync()
    {
        _most = await MeasureAsync();
        _trial = new SubscriptionTrial
        {
            Subscribers = 12,
            Writers = Writers,
            Duration = duration,
            Pause = TimeSpan.Zero,
            Every = TimeSpan.FromSeconds(Writers / (_most / 2)),
            BulkBytes = BulkBytes,
            BatchShare = BatchShare,
            Stall = TimeSpan.FromSeconds(7),
            Seed = 3,
        };
        _run = new SubscriptionRun(_trial, target.Addresses, target.Recorder);
        using var stop = new CancellationTokenSource();
        var sampling = _sampler.RunAsync(stop.Token);
        await _run.LastAsync([]);
        await stop.CancelAsync();
        await sampling;
        Scenario.Print(await WriteAsync("No checker has passed it."));
        return _run;
    }

    /// <summary>Has the subscribers judged, writes the page, and judges the figures when the run was long enough.</summary>
    public async Task JudgeAsync(string verdict)
    {
        _run!.Judge();
        await WriteAsync(verdict);
        if (duration >= LongEnough)
        {
            Assert.All(SoakFigure.All, figure => Assert.True(figure.IsFlat(_sampler.Samples) != false, $"not flat: {figure.Row(_sampler.Samples)}"));
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_run is not null)
        {
            await _run.DisposeAsync();
        }
    }

    // A run that cannot be judged in the end has its figures all the same.
    private Task<string> WriteAsync(string verdict)
    {
        var about = string.Create(
            CultureInfo.InvariantCulture,
            $"{duration.TotalMinutes:0.#} minutes, {_trial!.Writers} writers, {_trial.Subscribers} subscribers. Without pauses {_most:0} requests a second were taken, now {_run!.Load.Settled / duration.TotalSeconds:0}. {verdict}");
        return SoakPage.WriteAsync(target.Name, about, _sampler.Samples, Cancellation);
    }

    // In steps a second, most of which are a request.
    private async Task<double> MeasureAsync()
    {
        var options = new LoadOptions
        {
            Writers = Writers,
            Entities = 1_500,
            Namespaces = SubscriberPlans.Namespaces,
            BatchShare = BatchShare,
            Properties = (entity, id, random) => SubscriberPlans.Properties(entity, id, random, BulkBytes),
        };
        var load = new WorldLoad(target.Addresses, options, target.Recorder, TimeProvider.System);
        await load.PreloadAsync(Cancellation);
        using var stop = new CancellationTokenSource();
        var writing = load.RunAsync(stop.Token, Cancellation);
        await load.WaitForAsync(200, Cancellation); // connections are made
        var (begun, before) = (TimeProvider.System.GetTimestamp(), load.Settled);
        await Task.Delay(Measuring, TimeProvider.System, Cancellation);
        var most = (load.Settled - before) / TimeProvider.System.GetElapsedTime(begun).TotalSeconds;
        await stop.CancelAsync();
        await writing;
        Scenario.Print($"{most:F0} steps a second without pauses");
        return most;
    }
}
