using System.Text.Json;

namespace Flux.Benchmarks.Suite;

/// <summary>Whether many clients that lost their connections at one moment have everything again soon, and what writers notice of it.</summary>
internal sealed class Reconnect : IBenchmark
{
    private const int EventsPerSecond = 2000;
    private const int BatchSize = 100;

    // Writers are at work before, while and after the sockets are gone.
    private static readonly TimeSpan Lead = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(4);

    public string Name => "reconnect";

    public async Task RunAsync(BenchmarkRun run, CancellationToken cancellationToken)
    {
        var count = run.Options.ReconnectSockets;
        await using var flux = await run.StartFluxAsync(cancellationToken);
        await WriteAllAsync(run, flux, count, cancellationToken);
        if (!run.Options.Restart)
        {
            OwnPriority.Lower(); // the clients; server and writers go first, as if each had a machine. A server that is started from here would inherit it.
        }

        using var sockets = await ResumingGroup.OpenAsync(flux.Port, count, run.Clock, cancellationToken);
        run.Progress($"{count} sockets are open; warm-up of {run.Options.WarmUp.TotalSeconds:0} s");
        await SendAsync(run, flux, run.Options.WarmUp, CancellationToken.None, cancellationToken);
        for (var round = 0; round < run.Options.Rounds; round++)
        {
            await MeasureAsync(run, flux, sockets, cancellationToken);
        }

        await CheckAsync(run, flux, sockets, cancellationToken);
    }

    private static Task<OpenLoopResult> SendAsync(BenchmarkRun run, FluxServer flux, TimeSpan duration, CancellationToken stop, CancellationToken cancellationToken)
    {
        var plan = new OpenLoopPlan
        {
            RequestsPerSecond = EventsPerSecond,
            Duration = duration,
            Entities = run.Options.ReconnectSockets,
            Shape = EventShape.Spread,
            Connections = 256,
        };
        return OpenLoopProcess.RunAsync(flux.Port, plan, stop, cancellationToken);
    }

    private static string Subject(BenchmarkRun run) => string.Create(
        CultureInfo.InvariantCulture, $"{run.Options.ReconnectSockets} sockets, {(run.Options.Restart ? "server killed" : "cut")}");

    // So that every entity is at version 1 before anybody listens.
    private static async Task WriteAllAsync(BenchmarkRun run, FluxServer flux, int count, CancellationToken cancellationToken)
    {
        var plan = new ClosedLoopPlan { Connections = 4, BatchSize = BatchSize, Entities = count, TotalEvents = count, Shape = EventShape.Spread };
        var result = await new ClosedLoop([flux.Port], plan, run.Clock).RunAsync(cancellationToken);
        if (result.Failures > 0 || count % BatchSize != 0)
        {
            throw new BenchmarkException($"{result.Failures} first batches failed. The number of sockets has to be a multiple of {BatchSize}.");
        }
    }

    private async Task MeasureAsync(BenchmarkRun run, FluxServer flux, ResumingGroup sockets, CancellationToken cancellationToken)
    {
        var subject = Subject(run);
        var quiet = await SendAsync(run, flux, run.Options.Round, CancellationToken.None, cancellationToken);
        run.CheckFailures(Name, $"{subject}, before", quiet.Load);
        run.CheckLateness(Name, $"{subject}, before", quiet.Lateness);

        using var stop = new CancellationTokenSource();
        var writing = SendAsync(run, flux, Longest, stop.Token, cancellationToken);
        var cpu = TimeSpan.Zero;
        LatencyRecorder times;
        TimeSpan restart = default;
        try
        {
            await Task.Delay(Lead, run.Clock, cancellationToken);
            cpu = flux.Usage.Cpu;
            var cut = Stopwatch.GetTimestamp();
            sockets.ExpectLoss();
            var restarting = run.Options.Restart ? flux.RestartAsync(run.Clock, cancellationToken) : Task.FromResult(TimeSpan.Zero);
            sockets.Cut();
            times = await sockets.ResumeAsync(cut, cancellationToken);
            restart = await restarting;
            cpu = flux.Usage.Cpu - (run.Options.Restart ? TimeSpan.Zero : cpu); // a new process began at nothing
        }
        finally
        {
            await stop.CancelAsync();
        }

        var during = await writing;
        var time = times.Summarize();
        run.Report.Add(Name, subject, "until the last has caught up", "s", time.Max / 1000, "below 30 s");
        run.Report.Add(Name, subject, "until caught up p50", "ms", time.P50);
        run.Report.Add(Name, subject, "until caught up p99", "ms", time.P99);
        run.Report.Add(Name, subject, "failed attempts to connect", "", sockets.FailedAttempts);
        run.Report.Add(Name, subject, "server CPU", "µs/socket", cpu.TotalMicroseconds / run.Options.ReconnectSockets);
        run.Report.AddLatency(Name, subject, "ack before", quiet.Load.Latency);
        run.Report.AddLatency(Name, subject, "ack meanwhile", during.Load.Latency);
        run.Report.Add(Name, subject, "ack p99 ratio", "", during.Load.Latency.P99 / quiet.Load.Latency.P99, "below 4");
        run.Report.Add(Name, subject, "generator late p99", "ms", during.Lateness.P99);
        run.Report.Add(Name, subject, "failed writes", "", during.Load.Failures);
        if (run.Options.Restart)
        {
            run.Report.Add(Name, subject, "until the server is ready", "s", restart.TotalSeconds);
        }

        run.Progress(string.Create(
            CultureInfo.InvariantCulture,
            $"last caught up after {time.Max / 1000:0.0} s (p50 {time.P50:0} ms); ack p99 {quiet.Load.Latency.P99:0.0} ms before, {during.Load.Latency.P99:0.0} ms meanwhile"));
    }

    private async Task CheckAsync(BenchmarkRun run, FluxServer flux, ResumingGroup sockets, CancellationToken cancellationToken)
    {
        var last = await WriteOnceMoreAsync(run, flux, cancellationToken);
        var incomplete = await sockets.WaitForLastVersionsAsync(last, cancellationToken);
        var subject = Subject(run);
        run.Report.Add(Name, subject, "changes received", "", sockets.Changes);
        run.Report.Add(Name, subject, "changes missing", "", sockets.Missing, "0");
        run.Report.Add(Name, subject, "changes twice", "", sockets.Repeated, "0");
        run.Report.Add(Name, subject, "sockets without the last change", "", incomplete, "0");
        foreach (var failure in sockets.Failures)
        {
            run.Report.Remark($"{Name}, {subject}: {failure}");
        }
    }

    /// <summary>Writes every entity a last time.</summary>
    /// <returns>Their versions then.</returns>
    private static async Task<long[]> WriteOnceMoreAsync(BenchmarkRun run, FluxServer flux, CancellationToken cancellationToken)
    {
        using var http = await HttpConnection.OpenAsync(flux.Port, cancellationToken);
        var request = EventRequest.Create(flux.Port, EventShape.Spread, BatchSize, batch: true, token: null, run.Clock);
        var versions = new long[run.Options.ReconnectSockets];
        for (var first = 0; first < versions.Length; first += BatchSize)
        {
            for (var i = 0; i < BatchSize; i++)
            {
                request.SetEntity(i, first + i);
                request.SetValue(i, Stamp.Now());
            }

            var status = await http.ExchangeAsync(request.Bytes, cancellationToken);
            if (status != 200)
            {
                throw new BenchmarkException($"The last batch was answered with {status}.");
            }

            using var answer = JsonDocument.Parse(http.Body);
            var rows = answer.RootElement.GetProperty("results");
            for (var i = 0; i < BatchSize; i++)
            {
                versions[first + i] = rows[i].GetProperty("version").GetInt64();
            }
        }

        return versions;
    }
}
