namespace Flux.Benchmarks.Load;

/// <summary>Drives single events with wrk, which needs far less of the machine than anything written in C#; its threads are spread over the ports.</summary>
internal sealed class Wrk(IReadOnlyList<int> ports, SingleLoad load, string folder, TimeProvider clock)
{
    private const string ResultMark = "RESULT";

    private int _run;

    public async Task<LoadResult> RunAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        var script = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"ingest-{ports[0]}.lua"));
        await File.WriteAllTextAsync(script, Script(++_run), cancellationToken);
        string[] arguments =
        [
            "--threads", Threads(),
            "--connections", load.Connections.ToString(CultureInfo.InvariantCulture),
            "--duration", string.Create(CultureInfo.InvariantCulture, $"{(int)Math.Ceiling(duration.TotalSeconds)}s"),
            "--timeout", "30s",
            "--script", script,
            string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{ports[0]}"),
        ];

        // No other child ends meanwhile, so what is added to the children's time is wrk's.
        var before = ProcessUsage.OfSelf().ChildCpu;
        var output = await ChildProcess.RunAsync("wrk", arguments, cancellationToken);
        return Parse(output, ProcessUsage.OfSelf().ChildCpu - before);
    }

    // A thread has one address and its share of the connections, one at least.
    private string Threads() =>
        Math.Min(load.Connections, ports.Count > 1 ? ports.Count : Math.Min(2, Environment.ProcessorCount)).ToString(CultureInfo.InvariantCulture);

    private static LoadResult Parse(string output, TimeSpan cpu)
    {
        var line = output.Split('\n').FirstOrDefault(one => one.StartsWith(ResultMark, StringComparison.Ordinal))
            ?? throw new BenchmarkException($"wrk gave no result: {output}");
        var figures = line[(ResultMark.Length + 1)..]
            .Split(' ')
            .Select(figure => double.Parse(figure, CultureInfo.InvariantCulture))
            .ToArray();
        return new LoadResult(
            (long)(figures[0] - figures[2]),
            (long)(figures[2] + figures[3]),
            TimeSpan.FromMicroseconds(figures[1]),
            new LatencySummary(figures[4] / 1000, figures[5] / 1000, figures[6] / 1000, figures[7] / 1000),
            cpu);
    }

    // A value is 16 digits: 1, five of the run, one of the thread, nine of a counter. Lua's numbers would turn the whole of it into 1e+15.
    private string Script(int run)
    {
        const EventShape Shape = EventShape.Reading;
        var head = EventText.RequestHead(ports[0], "/api/events", EventText.EventLength(Shape, clock), load.Token).Replace("\r\n", "\\r\\n", StringComparison.Ordinal);
        return $$"""
            local head = "{{head}}" .. '{{EventText.BeforeEntity(clock)}}'
            local middle = '{{EventText.BeforeValue(Shape)}}'
            local tail = '{{EventText.AfterValue(Shape)}}'
            local run = "1{{run:D5}}"
            local ports = { {{string.Join(", ", ports)}} }
            local threads = 0
            local counter = 100000000
            local entities = {}

            function setup(thread)
              thread.addr = wrk.lookup("127.0.0.1", tostring(ports[threads % #ports + 1]))[1]
              threads = threads + 1
              thread:set("id", threads)
            end

            function init(args)
              math.randomseed(id)
              run = run .. id
              for i = 1, {{load.Entities}} do entities[i] = string.format("%0{{EventText.EntityDigits}}d", i - 1) .. middle .. run end
            end

            function request()
              counter = counter + 1
              return head .. entities[math.random({{load.Entities}})] .. counter .. tail
            end

            function done(summary, latency, requests)
              local e = summary.errors
              io.write(string.format("{{ResultMark}} %d %d %d %d %d %d %d %d\n", summary.requests, summary.duration, e.status,
                e.connect + e.read + e.write + e.timeout, latency:percentile(50), latency:percentile(95), latency:percentile(99), latency.max))
            end
            """;
    }
}
