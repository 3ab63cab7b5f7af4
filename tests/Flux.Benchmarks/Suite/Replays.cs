using System.Text;
using System.Text.Json;

namespace Flux.Benchmarks.Suite;

/// <summary>How fast the past comes to one socket, and how well it keeps its spacing at speed 1; from the embedded log, and from PostgreSQL.</summary>
internal sealed class Replays : IBenchmark
{
    private const int Entities = 1000;
    private const int FillBatch = 1000;
    private const int FillConnections = 4;
    private const int SpacedPerSecond = 200;

    private const string RateGoal = "at least 100,000";
    private const string SpacingGoal = "at most 10";

    private static readonly TimeSpan IdleLimit = TimeSpan.FromMinutes(2);

    public string Name => "replay";

    public Task RunAsync(BenchmarkRun run, CancellationToken cancellationToken) => BothStores.MeasureAsync(
        run, Name, (store, port, process, token) => MeasureAsync(run, store, port, process, token), cancellationToken);

    private async Task MeasureAsync(BenchmarkRun run, string store, int port, int process, CancellationToken cancellationToken)
    {
        var fill = new ClosedLoopPlan { Connections = FillConnections, BatchSize = FillBatch, Entities = Entities, TotalEvents = run.Options.ReplayEvents };
        run.CheckFailures(Name, "filling", await new ClosedLoop([port], fill, run.Clock).RunAsync(cancellationToken));
        using var socket = await ReplaySocket.OpenAsync(port, cancellationToken);
        var (_, written) = await socket.PlayAsync(FromStart, take: null, cancellationToken); // which warms up as well
        await Settling.WaitForIdleAsync(process, IdleLimit, run.Clock, cancellationToken);

        for (var round = 0; round < run.Options.Rounds; round++)
        {
            await MeasureRateAsync(run, store, socket, process, cancellationToken);
        }

        for (var round = 0; round < run.Options.Rounds; round++)
        {
            written = await MeasureSpacingAsync(run, store, port, socket, Position(written), cancellationToken);
        }
    }

    private static string FromStart => """
        "entity":"*","from":"start","speed":"max"
        """;

    private async Task MeasureRateAsync(BenchmarkRun run, string store, ReplaySocket socket, int process, CancellationToken cancellationToken)
    {
        var (cpuBefore, bytes, start) = (ProcessUsage.Of(process).Cpu, socket.Bytes, Stopwatch.GetTimestamp());
        var (changes, _) = await socket.PlayAsync(FromStart, take: null, cancellationToken);
        var elapsed = Stopwatch.GetElapsedTime(start);

        var subject = $"{store}, as fast as possible";
        run.Report.Add(Name, subject, "changes", "1/s", changes / elapsed.TotalSeconds, RateGoal);
        run.Report.Add(Name, subject, "bytes of a change", "", (double)(socket.Bytes - bytes) / changes);
        run.Report.Add(Name, subject, "server CPU", "µs/change", (ProcessUsage.Of(process).Cpu - cpuBefore).TotalMicroseconds / changes);
        if (changes < run.Options.ReplayEvents)
        {
            throw new BenchmarkException($"Of {run.Options.ReplayEvents} changes {changes} were replayed.");
        }
    }

    // Events are written at a steady rate, which batches of commits make uneven, and then come again.
    private async Task<string> MeasureSpacingAsync(
        BenchmarkRun run, string store, int port, ReplaySocket socket, long after, CancellationToken cancellationToken)
    {
        var plan = new OpenLoopPlan { RequestsPerSecond = SpacedPerSecond, Duration = run.Options.Round, Entities = Entities };
        var result = await new OpenLoop(port, plan, run.Clock).RunAsync(cancellationToken);
        var subject = $"{store}, speed 1";
        run.CheckFailures(Name, subject, result.Load);

        var times = new List<(TimeSpan Recorded, long Arrived)>();
        var (changes, end) = await socket.PlayAsync(
            string.Create(CultureInfo.InvariantCulture, $"\"entity\":\"*\",\"from\":{after},\"speed\":1"),
            (frame, arrived) => times.Add((RecordedAt(frame), arrived)),
            cancellationToken);
        if (changes != result.Load.Events)
        {
            throw new BenchmarkException($"Of {result.Load.Events} changes {changes} were replayed.");
        }

        var (gaps, offsets) = (new LatencyRecorder(), new LatencyRecorder());
        for (var i = 1; i < times.Count; i++)
        {
            gaps.Record(Error(times[i - 1], times[i]));
            offsets.Record(Error(times[0], times[i]));
        }

        AddErrors(run, subject, "from one change to the next, error", gaps.Summarize());
        AddErrors(run, subject, "from the first change, error", offsets.Summarize());
        return end;
    }

    private void AddErrors(BenchmarkRun run, string subject, string what, LatencySummary errors)
    {
        run.Report.Add(Name, subject, $"{what} p50", "ms", errors.P50);
        run.Report.Add(Name, subject, $"{what} p95", "ms", errors.P95, SpacingGoal);
        run.Report.Add(Name, subject, $"{what} p99", "ms", errors.P99);
    }

    private static TimeSpan Error((TimeSpan Recorded, long Arrived) one, (TimeSpan Recorded, long Arrived) other) =>
        (Stopwatch.GetElapsedTime(one.Arrived, other.Arrived) - (other.Recorded - one.Recorded)).Duration();

    private static TimeSpan RecordedAt(ReadOnlySpan<byte> frame)
    {
        var json = new Utf8JsonReader(frame);
        while (json.Read())
        {
            if (json.TokenType == JsonTokenType.PropertyName && json.CurrentDepth == 1 && json.ValueTextEquals("timestamp"u8))
            {
                json.Read();
                return json.GetDateTimeOffset() - DateTimeOffset.UnixEpoch;
            }
        }

        throw new BenchmarkException($"A change has no timestamp: {Encoding.UTF8.GetString(frame)}");
    }

    private static long Position(string end)
    {
        using var frame = JsonDocument.Parse(end);
        return frame.RootElement.GetProperty("position").GetInt64();
    }
}
