using System.CommandLine;

namespace Flux.Trials.Fuzz;

/// <summary>The command <c>fuzz</c>.</summary>
internal static class FuzzCommand
{
    public static Command Create()
    {
        var minutes = new Option<double>("--minutes") { Description = "How long.", DefaultValueFactory = _ => 1 };
        var seed = new Option<int>("--seed") { Description = "What all cases are made from. An odd one tries a server that asks for tokens.", DefaultValueFactory = _ => 1 };
        var only = new Option<long[]>("--case")
        {
            Description = "Tries this case alone, on a fresh server; several in this order, of which the last is judged.",
            DefaultValueFactory = _ => [],
            AllowMultipleArgumentsPerToken = true,
        };
        var server = new Option<string?>("--server") { Description = "Flux.Server.dll. Default: the one that was built beside this program." };
        var command = new Command("fuzz", "Sends a server made-up and damaged requests, frames and expressions, and says what it should not have answered.")
        {
            minutes, seed, only, server,
        };
        command.SetAction((parsed, cancellationToken) => FuzzRun.RunAsync(
            new FuzzOptions(TimeSpan.FromMinutes(parsed.GetValue(minutes)), parsed.GetValue(seed), parsed.GetValue(only)!, parsed.GetValue(server)), cancellationToken));
        return command;
    }
}
