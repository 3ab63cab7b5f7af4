using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Flux.Deploy.Tests.LocalCluster;

/// <summary>deploy/local-cluster: its PostgreSQL is a real one, its silos are stand-ins that only answer that they are ready.</summary>
public sealed class LocalClusterTests
{
    // In place of "dotnet": builds nothing, and is a silo that GET /die ends as a defect would.
    private const string StandIn = """
        #!/usr/bin/env python3
        import http.server, os, signal, sys

        if sys.argv[1] == "build":
            sys.exit()

        class Silo(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                if self.path == "/die":
                    os._exit(3)
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
        print("silo", os.getpid(), os.environ["FLUX_SILO_ADDRESS"], os.environ["FLUX_SILO_PORT"], os.environ["FLUX_POSTGRES"], flush=True)
        http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Silo).serve_forever()
        """;

    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("--silos", "0")]
    [InlineData("--silos", "three")]
    [InlineData("--port", "70000")]
    [InlineData("--data", "")]
    [InlineData("--colour", "red")]
    public async Task A_wrong_argument_is_one_line_and_nothing_is_started(string option, string value)
    {
        SkipOutsideOfLinux();
        using var script = Start([option, value], path: null);

        var errors = await script.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await script.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, script.ExitCode);
        Assert.StartsWith("local-cluster: ", Assert.Single(errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.Contains(option, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_runs_silos_on_one_database_starts_one_that_fails_again_and_leaves_nothing_behind()
    {
        SkipOutsideOfLinux();
        Assert.SkipUnless(OnPath("python3"), "python3, which stands in for a silo, is not on PATH");
        Assert.SkipUnless(OnPath("initdb") || Directory.Exists("/usr/lib/postgresql"), "PostgreSQL is not installed");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Guard);

        // Not a directory of CreateTempSubdirectory, which only its owner may enter: as root the script runs PostgreSQL as another user.
        var directory = Path.Combine(Path.GetTempPath(), $"flux-local-{Guid.NewGuid():N}");
        Directory.CreateDirectory(Path.Combine(directory, "bin"));
        WriteProgram(Path.Combine(directory, "bin", "dotnet"));
        var port = FreePorts();
        Process? script = null;
        try
        {
            var data = Path.Combine(directory, "data");
            script = Start(
                ["--silos", "2", "--port", port.ToString(CultureInfo.InvariantCulture), "--data", data], Path.Combine(directory, "bin"));
            await LineAsync(script.StandardOutput, "Ctrl+C stops", limit.Token);
            var first = SiloIds(data, 1);

            await DieAsync(port, limit.Token);
            await LineAsync(script.StandardError, "silo 1 ended with code 3 and is started again", limit.Token);
            await ReadyAsync(port, limit.Token);
            var again = SiloIds(data, 1);
            using (var kill = Process.Start("kill", ["-TERM", script.Id.ToString(CultureInfo.InvariantCulture)]))
            {
                await kill.WaitForExitAsync(limit.Token);
            }

            await script.WaitForExitAsync(limit.Token);

            Assert.Equal(0, script.ExitCode);
            Assert.Equal(first[0], again[0]);
            Assert.Equal(2, again.Count);
            Assert.All(again.Concat(SiloIds(data, 2)), id => Assert.False(Directory.Exists($"/proc/{id}"), $"silo {id} still runs"));
            Assert.False(File.Exists(Path.Combine(data, "postgres", "data", "postmaster.pid")), "PostgreSQL still runs");
            Assert.Contains(" 127.0.0.1 0 Host=127.0.0.1;", File.ReadAllText(Path.Combine(data, "silo-2.log")), StringComparison.Ordinal);
        }
        catch (OperationCanceledException) when (script is { HasExited: false })
        {
            using var kill = Process.Start("kill", ["-TERM", script.Id.ToString(CultureInfo.InvariantCulture)]);
            await script.WaitForExitAsync(CancellationToken.None);
            Assert.Fail($"not done after {Guard.TotalSeconds:0} s: {await script.StandardError.ReadToEndAsync(CancellationToken.None)}");
        }
        finally
        {
            script?.Dispose();
            Directory.Delete(directory, recursive: true);
        }
    }

    private static void SkipOutsideOfLinux() => Assert.SkipUnless(OperatingSystem.IsLinux(), "the script is for Linux");

    private static bool OnPath(string program) => (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
        .Split(Path.PathSeparator)
        .Any(directory => File.Exists(Path.Combine(directory, program)));

    private static void WriteProgram(string path)
    {
        File.WriteAllText(path, StandIn);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        }
    }

    private static Process Start(IEnumerable<string> arguments, string? path)
    {
        var info = new ProcessStartInfo("bash", [Repository.PathOf("deploy/local-cluster"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        info.Environment["PATH"] = path is null ? info.Environment["PATH"] : $"{path}{Path.PathSeparator}{info.Environment["PATH"]}";
        return Process.Start(info)!;
    }

    // Two in a row. Whatever takes one of them in the meantime makes the script say so.
    private static int FreePorts()
    {
        while (true)
        {
            using var first = new TcpListener(IPAddress.Loopback, port: 0);
            first.Start();
            var port = ((IPEndPoint)first.LocalEndpoint).Port;
            try
            {
                using var second = new TcpListener(IPAddress.Loopback, port + 1);
                second.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken: another pair.
            }
        }
    }

    private static async Task LineAsync(StreamReader reader, string wanted, CancellationToken cancellationToken)
    {
        var seen = new List<string>();
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Contains(wanted, StringComparison.Ordinal))
            {
                return;
            }

            seen.Add(line);
        }

        Assert.Fail($"it ended without \"{wanted}\": {string.Join('\n', seen)}");
    }

    private static async Task DieAsync(int port, CancellationToken cancellationToken)
    {
        using var client = new HttpClient();
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(new Uri($"http://127.0.0.1:{port}/die"), cancellationToken));
    }

    private static async Task ReadyAsync(int port, CancellationToken cancellationToken)
    {
        using var client = new HttpClient();
        while (true)
        {
            try
            {
                using var answer = await client.GetAsync(new Uri($"http://127.0.0.1:{port}/health/ready"), cancellationToken);
                return;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellationToken);
            }
        }
    }

    private static List<string> SiloIds(string data, int silo) =>
        [.. File.ReadAllLines(Path.Combine(data, $"silo-{silo}.log"))
            .Where(line => line.StartsWith("silo ", StringComparison.Ordinal))
            .Select(line => line.Split(' ')[1])];
}
