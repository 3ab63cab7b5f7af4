using System.Text.Json;
using Flux.Testing.Processes;

namespace Flux.Trials.Fuzz;

/// <summary>The server that is attacked, its data, and who owns what on it.</summary>
internal sealed class Target : IAsyncDisposable
{
    private readonly TemporaryDirectory _data;

    private Target(FluxProcess server, TemporaryDirectory data) => (Server, _data) = (server, data);

    public FluxProcess Server { get; }

    /// <summary>Gets the header of who owns the entities of the cases; null without authentication.</summary>
    public string? Owner { get; private set; }

    public required Pulse Pulse { get; init; }

    public static async Task<Target> StartAsync(FuzzOptions options, CancellationToken cancellationToken)
    {
        var data = new TemporaryDirectory();
        var server = await FluxProcess.StartAsync(
            new FluxProcessOptions
            {
                DataDirectory = data.Path,
                ServerAssembly = options.ServerAssembly,
                Environment = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["FLUX_AUTH_ENABLED"] = options.IsOwned ? "true" : "false",
                    ["FLUX_ADMIN_TOKEN"] = Cases.Operator["Authorization: Bearer ".Length..],
                    ["FLUX_UNKNOWN_TOKENS_PER_MINUTE"] = "10000000",
                    ["FLUX_RATE_LIMIT_PER_NAMESPACE_PER_MINUTE"] = "10000000",
                },
            },
            TimeProvider.System,
            cancellationToken);
        var owner = options.IsOwned ? await RegisterAsync(server.Port, "acme") : null;
        var target = new Target(server, data) { Owner = owner, Pulse = new Pulse(server, options.IsOwned ? await RegisterAsync(server.Port, "zz-pulse") : null) };
        await target.Pulse.OpenAsync();
        return target;
    }

    /// <summary>Stops the server in good order, and has it compute everything anew that its log says.</summary>
    /// <returns>What is wrong; null when nothing is.</returns>
    public async Task<string?> VerifyAsync(FuzzOptions options, CancellationToken cancellationToken)
    {
        await Pulse.DisposeAsync();
        var exitCode = await Server.StopAsync(cancellationToken);
        if (exitCode != 0 || Pulse.FindTrouble() is not null)
        {
            return $"the server ended with {exitCode}:\n{Server.Output}";
        }

        var verified = await FluxCommand.VerifyDataAsync(_data.Path, cancellationToken, options.ServerAssembly);
        Console.WriteLine(verified.Output.Trim());
        return verified.ExitCode == 0 ? null : $"verify ended with {verified.ExitCode}: {verified.Output}{verified.Errors}";
    }

    public async ValueTask DisposeAsync()
    {
        await Pulse.DisposeAsync();
        await Server.DisposeAsync();
        _data.Dispose();
    }

    private static async Task<string> RegisterAsync(int port, string name)
    {
        await using var http = await RawHttp.ConnectAsync(port);
        var answer = await http.ExchangeAsync(RawRequest.Post("/api/namespaces", $"{{\"name\":{JsonSerializer.Serialize(name)}}}", Cases.Operator));
        return answer.Status == 200
            ? $"Authorization: Bearer {answer.Json.GetProperty("token").GetString()}"
            : throw new InvalidOperationException($"the registration of {name} was answered with {answer}");
    }
}
