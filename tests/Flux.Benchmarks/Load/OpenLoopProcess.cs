using System.Text.Json;

namespace Flux.Benchmarks.Load;

/// <summary>An open loop in a process of its own, so that what else this program does takes neither its threads nor its time.</summary>
internal static class OpenLoopProcess
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <summary>Is that process: sends until its input ends, or for the plan's time, and writes the result as one line of JSON.</summary>
    public static async Task ServeAsync(int port, string plan, TimeProvider clock, CancellationToken cancellationToken)
    {
        var load = new OpenLoop(port, JsonSerializer.Deserialize<OpenLoopPlan>(plan)!, clock);
        var sending = load.RunAsync(cancellationToken);
        var input = Task.Run(Console.In.ReadLine, cancellationToken);
        await Task.WhenAny(sending, input);
        load.Stop();
        Console.WriteLine(JsonSerializer.Serialize(await sending));
    }

    /// <summary>Sends from such a process.</summary>
    /// <param name="port">Where to.</param>
    /// <param name="plan">What.</param>
    /// <param name="stop">Ends it before its time.</param>
    /// <param name="cancellationToken">Ends it without a result.</param>
    public static async Task<OpenLoopResult> RunAsync(int port, OpenLoopPlan plan, CancellationToken stop, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList = { typeof(OpenLoopProcess).Assembly.Location, "--open-loop", port.ToString(CultureInfo.InvariantCulture), "--plan", JsonSerializer.Serialize(plan) },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        try
        {
            await using var stopping = stop.Register(process.StandardInput.Close);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(plan.Duration + Longest);
            var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return process.ExitCode == 0
                ? JsonSerializer.Deserialize<OpenLoopResult>(output)!
                : throw new BenchmarkException($"The process that sends ended with {process.ExitCode}.");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }
}
