using System.Text;
using System.Text.Json;

namespace Flux.Benchmarks.Suite;

/// <summary>Whether memory stays flat and each entity is shown once while a client pages through a million with a condition and others write.</summary>
internal sealed class Paging : IBenchmark
{
    private const int WriteBatch = 10;

    // One in ten, by its id: no write changes which.
    private const string Where = "properties.online && entity.endsWith('7')";
    private const int OneIn = 10;
    private const int Last = 7;

    public string Name => "paging";

    public Task RunAsync(BenchmarkRun run, CancellationToken cancellationToken) => BothStores.MeasureAsync(
        run, Name, (store, port, process, token) => MeasureAsync(run, $"{store}, {run.Options.MemoryEntities:N0} entities", port, process, token), cancellationToken);

    private async Task MeasureAsync(BenchmarkRun run, string subject, int port, int process, CancellationToken cancellationToken)
    {
        for (var failures = 1L; failures > 0;)
        {
            // All of them must be there: a server that was too busy for some is given all once more.
            var filled = await World.FillAsync(port, run.Options.MemoryEntities, run.Options.MemoryEntities, run.Clock, cancellationToken);
            run.CheckFailures(Name, subject, filled);
            failures = filled.Failures;
        }

        await ProjectionLag.MeasureAsync(port, Stopwatch.GetTimestamp(), run.Clock, cancellationToken);
        await PageAsync(run, port, limit: 1000, maxPages: 20, cancellationToken); // compiled code, and the first buffers
        var start = await Settling.WaitForStableMemoryAsync(process, TimeSpan.FromSeconds(60), run.Clock, cancellationToken);
        for (var round = 0; round < run.Options.Rounds; round++)
        {
            // The same with writers alone first: what they take is not the pages'.
            var (quiet, _) = await WriteAsync(run, port, process, static async (clock, token) =>
            {
                await Task.Delay(TimeSpan.FromSeconds(5), clock, token);
                return 0L;
            }, cancellationToken);
            var begun = Stopwatch.GetTimestamp();
            var (highest, shown) = await WriteAsync(
                run, port, process, async (_, token) => await PageAsync(run, port, limit: 1000, maxPages: int.MaxValue, token), cancellationToken);
            var elapsed = Stopwatch.GetElapsedTime(begun);
            if (shown != run.Options.MemoryEntities / OneIn)
            {
                throw new BenchmarkException($"{shown:N0} entities were shown, and {run.Options.MemoryEntities / OneIn:N0} fulfil the condition.");
            }

            run.Report.Add(Name, subject, "looked at", "1/s", run.Options.MemoryEntities / elapsed.TotalSeconds);
            run.Report.Add(Name, subject, "highest memory above the start, writing alone", "MiB", (quiet - start) / 1024.0 / 1024.0);
            run.Report.Add(Name, subject, "highest memory above the start, with pages", "MiB", (highest - start) / 1024.0 / 1024.0);
            run.Progress($"{subject}, round {round + 1}: {elapsed.TotalSeconds:0.0} s");
        }
    }

    /// <summary>Does something while others write to entities at random.</summary>
    private static async Task<(long HighestBytes, T Result)> WriteAsync<T>(
        BenchmarkRun run, int port, int process, Func<TimeProvider, CancellationToken, Task<T>> doAsync, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var plan = new ClosedLoopPlan { Connections = 1, BatchSize = WriteBatch, Entities = run.Options.MemoryEntities, Duration = TimeSpan.FromHours(1) };
        await using var sampler = new MemorySampler(process, run.Clock);
        var writing = new ClosedLoop([port], plan, run.Clock).RunAsync(stop.Token);
        var result = await doAsync(run.Clock, cancellationToken);
        await stop.CancelAsync();
        await ((Task)writing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (writing.IsFaulted)
        {
            throw new BenchmarkException($"The writers failed: {writing.Exception.InnerException?.Message}");
        }

        return (sampler.MaxBytes, result);
    }

    private async Task<long> PageAsync(BenchmarkRun run, int port, int limit, int maxPages, CancellationToken cancellationToken)
    {
        using var connection = await HttpConnection.OpenAsync(port, cancellationToken);
        var seen = new bool[run.Options.MemoryEntities];
        var shown = 0L;
        var latencies = new LatencyRecorder();
        var next = $"/api/state/entities?namespace={EventText.Namespace}&limit={limit}&where={Uri.EscapeDataString(Where)}";
        for (var pages = 0; next is not null && pages < maxPages;)
        {
            var sent = Stopwatch.GetTimestamp();
            var status = await connection.GetAsync(next, cancellationToken);
            latencies.Record(Stopwatch.GetElapsedTime(sent));
            if (status == 503)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), run.Clock, cancellationToken); // the projection is behind: ask again
                continue;
            }

            if (status != 200)
            {
                throw new BenchmarkException($"A page was answered with {status}.");
            }

            pages++;
            shown += Take(connection.Body, seen);
            next = FindNext(Encoding.ASCII.GetString(connection.Head.Span));
        }

        if (maxPages == int.MaxValue)
        {
            run.Report.AddLatency(Name, "a page, all stores", "answer", latencies.Summarize());
        }

        await Task.Yield(); // off the sockets' own thread
        return shown;
    }

    private static long Take(ReadOnlyMemory<byte> body, bool[] seen)
    {
        using var page = JsonDocument.Parse(body);
        foreach (var entity in page.RootElement.EnumerateArray())
        {
            var id = entity.GetProperty("id").GetString()!;
            var number = int.Parse(id.AsSpan(EventText.EntityPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture);
            if (number % OneIn != Last || seen[number])
            {
                throw new BenchmarkException(seen[number] ? $"{id} was shown twice." : $"{id} does not fulfil the condition.");
            }

            seen[number] = true;
        }

        return page.RootElement.GetArrayLength();
    }

    private static string? FindNext(string head)
    {
        const string before = "\r\nLink: <";
        var at = head.IndexOf(before, StringComparison.Ordinal);
        return at < 0 ? null : head[(at + before.Length)..head.IndexOf('>', at)];
    }
}
