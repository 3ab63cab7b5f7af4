using System.Net.Http.Headers;
using System.Text.Json;

namespace Flux.Benchmarks.Suite;

/// <summary>What it costs the server to look at a token and to count against a rate, in CPU for each event.</summary>
internal sealed class AuthenticationCost : IBenchmark
{
    private const string AdminToken = "the-operator-of-the-benchmarks";
    private const string Goal = "at most 1.05";

    private static readonly Dictionary<string, string> WithTokens = new(StringComparer.Ordinal)
    {
        ["FLUX_AUTH_ENABLED"] = "true",
        ["FLUX_ADMIN_TOKEN"] = AdminToken,
        ["FLUX_RATE_LIMIT_PER_NAMESPACE_PER_MINUTE"] = int.MaxValue.ToString(CultureInfo.InvariantCulture), // counted, and never met
    };

    private static readonly Dictionary<string, string> WithoutTokens = new(StringComparer.Ordinal) { ["FLUX_AUTH_ENABLED"] = "false" };

    public string Name => "auth";

    public async Task RunAsync(BenchmarkRun run, CancellationToken cancellationToken)
    {
        using var scripts = new TemporaryDirectory(run.Options.DataFolder);
        await using var open = await run.StartFluxAsync(WithoutTokens, cancellationToken);
        await using var owned = await run.StartFluxAsync(WithTokens, cancellationToken);
        var token = await RegisterAsync(owned.Port, cancellationToken);
        (string Name, FluxServer Server, Func<TimeSpan, CancellationToken, Task<LoadResult>> DriveAsync)[] subjects =
        [
            ("without", open, SingleEvents.At(run, scripts.Path, run.Options.SingleLoad, open.Port)),
            ("with tokens", owned, SingleEvents.At(run, scripts.Path, run.Options.SingleLoad with { Token = token }, owned.Port)),
        ];
        foreach (var subject in subjects)
        {
            run.Progress($"{subject.Name}: warm-up of {run.Options.WarmUp.TotalSeconds:0} s");
            run.CheckFailures(Name, subject.Name, await subject.DriveAsync(run.Options.WarmUp, cancellationToken));
        }

        for (var round = 0; round < run.Options.Rounds; round++)
        {
            // Each round begins with the other one, so that neither always runs in the other's wake.
            var costs = new double[subjects.Length];
            for (var i = 0; i < subjects.Length; i++)
            {
                var subject = (round + i) % subjects.Length;
                costs[subject] = await MeasureAsync(run, subjects[subject].Name, subjects[subject].Server, subjects[subject].DriveAsync, cancellationToken);
            }

            run.Report.Add(Name, "with tokens / without", "server CPU ratio", "", costs[1] / costs[0], Goal);
            run.Progress($"round {round + 1}: {costs[0]:0.0} µs/event without, {costs[1]:0.0} µs/event with tokens");
        }
    }

    private static async Task<string> RegisterAsync(int port, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}")) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminToken);
        using var answer = await http.PostAsJsonAsync("/api/namespaces", new { name = EventText.Namespace }, cancellationToken);
        answer.EnsureSuccessStatusCode();
        var json = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        return json.GetProperty("token").GetString()!;
    }

    private async Task<double> MeasureAsync(
        BenchmarkRun run,
        string subject,
        FluxServer server,
        Func<TimeSpan, CancellationToken, Task<LoadResult>> drive,
        CancellationToken cancellationToken)
    {
        var before = server.Usage.Cpu;
        var result = await drive(run.Options.Round, cancellationToken);
        var lastAck = Stopwatch.GetTimestamp();
        run.CheckFailures(Name, subject, result);

        // The projection's share of these events is part of their price.
        await ProjectionLag.MeasureAsync(server.Port, lastAck, run.Clock, cancellationToken);
        var cost = (server.Usage.Cpu - before).TotalMicroseconds / result.Events;
        run.Report.Add(Name, subject, "events/s", "1/s", result.Events / result.Elapsed.TotalSeconds);
        run.Report.Add(Name, subject, "server CPU", "µs/event", cost);
        run.Report.AddLatency(Name, subject, "ack", result.Latency);
        return cost;
    }
}
