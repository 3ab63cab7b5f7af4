using System.CommandLine;

namespace Flux.Server.Hosting;

/// <summary>The command <c>health</c>: asks the server on this machine whether it wants traffic.</summary>
/// <remarks>For containers: their image has neither a shell nor anything else to ask with.</remarks>
internal static class HealthCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public static Command Create()
    {
        var command = new Command("health", "Asks the server on this machine for /health/ready; 0 when it is ready, else 1.");
        command.SetAction((_, cancellationToken) => AskAsync(cancellationToken));
        return command;
    }

    private static async Task<int> AskAsync(CancellationToken cancellationToken)
    {
        // The management port first: it answers when a crowd is at the other one.
        var port = Setting("FLUX_MANAGEMENT_PORT") ?? Setting("PORT") ?? "3000";
        if (!Uri.TryCreate($"http://127.0.0.1:{port}/health/ready", UriKind.Absolute, out var address))
        {
            return await NotReadyAsync($"{port} is not a port");
        }

        using var client = new HttpClient { Timeout = Patience };
        try
        {
            using var answer = await client.GetAsync(address, cancellationToken);
            return answer.IsSuccessStatusCode ? 0 : await NotReadyAsync($"{address} answers {(int)answer.StatusCode}");
        }
        catch (HttpRequestException e)
        {
            return await NotReadyAsync($"{address}: {e.Message}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return await NotReadyAsync($"{address} does not answer within {Patience.TotalSeconds:0} s");
        }
    }

    private static async Task<int> NotReadyAsync(string reason)
    {
        await Console.Error.WriteLineAsync($"flux: not ready: {reason}");
        return 1;
    }

    private static string? Setting(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
