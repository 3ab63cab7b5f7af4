using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Flux.Testing.Processes;

namespace Flux.Cluster.Tests.Scenarios;

/// <summary>The commands of the guides do what their pages say, in front of a real server.</summary>
public sealed partial class GuideTests
{
    private const string EndOfBlock = "--- end of a block";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120); // a guard against hanging, and no target

    [Theory]
    [InlineData("subscriptions.md")]
    [InlineData("claims.md")]
    [InlineData("time.md")]
    public async Task The_commands_of_a_guide_are_answered_as_it_says(string page)
    {
        Assert.SkipUnless(IsOnPath("bash") && IsOnPath("curl") && IsOnPath("python3"), "bash, curl and python3 are not all on PATH");
        var repository = FindRepository();
        var guide = await File.ReadAllTextAsync(Path.Combine(repository, "docs", page), TestContext.Current.CancellationToken);
        var blocks = Blocks().Matches(guide);
        Assert.True(blocks.Count >= 5, "the guide has hardly any commands");
        await using var scenario = new Scenario();
        await scenario.StartAsync();

        // One shell for all: later commands use what earlier ones have set.
        var script = new StringBuilder("set -e\n");
        foreach (Match block in blocks)
        {
            script.Append(block.Groups["commands"].Value).Append("echo '").Append(EndOfBlock).Append("'\n");
        }

        var (output, errors) = await RunAsync(script.ToString(), repository, scenario);

        var answers = output.Split(EndOfBlock + "\n");
        Assert.True(answers.Length == blocks.Count + 1, $"only {answers.Length - 1} of {blocks.Count} blocks ended:\n{output}\n{errors}");
        for (var i = 0; i < blocks.Count; i++)
        {
            Assert.Equal(blocks[i].Groups["answer"].Value, WithoutChance(answers[i]));
        }
    }

    // Times, ids and cursors differ from run to run.
    private static string WithoutChance(string answer) => Id().Replace(Member().Replace(answer, "$1…"), "id: …");

    private static async Task<(string Output, string Errors)> RunAsync(string script, string directory, Scenario scenario)
    {
        var info = new ProcessStartInfo("bash", ["-c", script])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory,
        };
        info.Environment["FLUX_URL"] = scenario.Server.Address.ToString().TrimEnd('/');
        info.Environment["FLUX_DATA"] = scenario.DataDirectory;
        info.Environment["FLUX_SERVER"] = $"dotnet {ServerBinary.Path}";
        using var process = Process.Start(info)!;
        LiveProcesses.Add(process);
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            limit.CancelAfter(Limit);
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return (await output, await errors);
        }
        finally
        {
            LiveProcesses.Kill(process);
        }
    }

    private static bool IsOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':').Any(directory => File.Exists(Path.Combine(directory, program)));

    private static string FindRepository()
    {
        var directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "Flux.Orleans.sln")))
        {
            directory = Path.GetDirectoryName(directory) ?? throw new InvalidOperationException("Flux.Orleans.sln is in no folder above the tests");
        }

        return directory;
    }

    [GeneratedRegex("<!-- run -->\n```bash\n(?<commands>.*?)```\n(?:\n```text\n(?<answer>.*?)```)?", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Blocks();

    [GeneratedRegex("(\"(?:cursor|timestamp|event_?[iI]d|last_?[uU]pdated|expires_?[aA]t|\\$claim/invoice|grams|recordedAt|time)\":\")[^\"]*")]
    private static partial Regex Member();

    [GeneratedRegex("^id: .*$", RegexOptions.Multiline)]
    private static partial Regex Id();
}
