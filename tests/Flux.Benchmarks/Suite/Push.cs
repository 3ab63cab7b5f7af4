namespace Flux.Benchmarks.Suite;

/// <summary>How long a change takes from the POST to the frame on a socket that subscribes to everything, with a broker beside it that keeps nothing.</summary>
internal sealed class Push : IBenchmark
{
    public string Name => "push";

    public async Task RunAsync(BenchmarkRun run, CancellationToken cancellationToken)
    {
        await using var flux = await run.StartFluxAsync(cancellationToken);
        await using var mosquitto = Tools.Has("mosquitto") ? await ListeningServer.StartMosquittoAsync(run.Options, run.Clock, cancellationToken) : null;
        if (mosquitto is null)
        {
            run.Report.Remark($"{Name}: mosquitto is not installed, so there is no comparison with it.");
        }

        // Half of what it can take, without a socket that hears it, which is the faster case.
        using var scripts = new TemporaryDirectory(run.Options.DataFolder);
        var driveAsync = SingleEvents.At(run, scripts.Path, run.Options.SingleLoad, flux.Port);
        await driveAsync(run.Options.WarmUp, cancellationToken);
        var saturated = await driveAsync(run.Options.Round, cancellationToken);
        run.CheckFailures(Name, "saturated", saturated);
        var rate = saturated.Events / saturated.Elapsed.TotalSeconds;
        run.Report.Add(Name, "saturated", "events/s", "1/s", rate);
        var half = (int)(rate / 2);
        run.Progress($"half of the saturated rate: {half:N0}/s");

        var path = new PushPath
        {
            PublishPort = flux.Port,
            SubscribePort = flux.Port,
            Cpu = () => flux.Usage.Cpu,
            Yardstick = mosquitto is null ? null : new MosquittoPush(mosquitto, run.Clock),
        };
        PushRate[] rates =
        [
            new(100),
            new(200),
            new(2000) { P50Goal = "below 1.5 ms", P99Goal = "below 10 ms" },
            new(10_000),
            new(half) { Name = "half of the saturated rate", P99Goal = "below 25 ms" },
        ];
        await new PushRounds(Name, run, path, rates).RunAsync(cancellationToken);
    }
}
