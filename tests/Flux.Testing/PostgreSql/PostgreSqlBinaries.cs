using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Flux.Testing.PostgreSql;

/// <summary>Finds the server's programs, and the user that may run them.</summary>
internal static partial class PostgreSqlBinaries
{
    private const int OldestVersion = 15;
    private const string Debian = "/usr/lib/postgresql";

    private static readonly Lazy<(string? Directory, string? WhyMissing)> Found = new(Find);

    /// <summary>Why no server can be started here; null when one can.</summary>
    public static string? WhyMissing => Found.Value.WhyMissing;

    public static string Directory => Found.Value.Directory ?? throw new InvalidOperationException(WhyMissing);

    /// <summary>The user that the server must be run as, because it refuses to run as root; null to run it as oneself.</summary>
    public static string? User { get; } = Environment.UserName != "root" ? null : HasUser("postgres") ? "postgres" : "nobody";

    /// <summary>How one of the programs is started, as the right user.</summary>
    public static ProcessStartInfo StartInfo(string program, params string[] arguments)
    {
        string[] command = [Path.Combine(Directory, program), .. arguments];
        command = User is null ? command : ["setpriv", $"--reuid={User}", $"--regid={GroupOf(User)}", "--clear-groups", .. command];
        return new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
    }

    /// <summary>Gives a directory to the user that the programs are run as.</summary>
    public static Task GiveAsync(string directory, CancellationToken cancellationToken) => User is null
        ? Task.CompletedTask
        : RunAsync(
            new ProcessStartInfo("chown", [User, directory]) { RedirectStandardOutput = true, RedirectStandardError = true }, cancellationToken);

    /// <summary>Runs a program to its end.</summary>
    public static async Task RunAsync(ProcessStartInfo info, CancellationToken cancellationToken)
    {
        using var process = Process.Start(info)!;
        var output = Task.WhenAll(process.StandardOutput.ReadToEndAsync(cancellationToken), process.StandardError.ReadToEndAsync(cancellationToken));
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{info.FileName} ended with {process.ExitCode}: {string.Join('\n', await output)}");
        }
    }

    [GeneratedRegex(@"\) (?<major>\d+)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex MajorVersion();

    private static (string? Directory, string? WhyMissing) Find()
    {
        var onPath = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        var debian = System.IO.Directory.Exists(Debian)
            ? System.IO.Directory.GetDirectories(Debian).OrderByDescending(d => int.TryParse(Path.GetFileName(d), out var version) ? version : 0)
            : Enumerable.Empty<string>();
        var candidates = onPath.Concat(debian.Select(d => Path.Combine(d, "bin"))).Where(d => File.Exists(Path.Combine(d, "initdb")));
        foreach (var candidate in candidates)
        {
            if (VersionOf(Path.Combine(candidate, "postgres")) >= OldestVersion)
            {
                // A folder on the path may hold links to a few of the programs; where they lead, all are.
                var initdb = new FileInfo(Path.Combine(candidate, "initdb"));
                return ((initdb.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? initdb).DirectoryName, null);
            }
        }

        return (null, $"PostgreSQL binaries were not found: install PostgreSQL {OldestVersion} or later");
    }

    private static int VersionOf(string program)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, ["--version"]) { RedirectStandardOutput = true })!;
            var match = MajorVersion().Match(process.StandardOutput.ReadToEnd());
            return match.Success ? int.Parse(match.Groups["major"].Value, CultureInfo.InvariantCulture) : 0;
        }
        catch (Win32Exception)
        {
            return 0; // it cannot be run
        }
    }

    private static bool HasUser(string name) => File.ReadLines("/etc/passwd").Any(l => l.StartsWith($"{name}:", StringComparison.Ordinal));

    private static string GroupOf(string user) =>
        File.ReadLines("/etc/passwd").Select(l => l.Split(':')).First(f => string.Equals(f[0], user, StringComparison.Ordinal))[3];
}
