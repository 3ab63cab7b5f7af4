using System.ComponentModel;
using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;

namespace Flux.Core.Tests.Expressions.Conformance;

/// <summary>The public conformance data of the language, from its npm package. It is fetched once and kept under artifacts/.</summary>
internal static class ConformanceData
{
    private const string Package = "@bufbuild/cel-spec";
    private const string Version = "0.6.1";

    private const string Convert = "process.stdout.write(JSON.stringify(require(process.argv[1]).tests))";

    // A guard against hanging, and no target.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>Reads the data; the test that asks is skipped when it cannot be had.</summary>
    public static async Task<JsonDocument> ReadAsync(CancellationToken cancellationToken)
    {
        var directory = Path.Combine(Repository(), "artifacts", "cel-spec", Version);
        var file = Path.Combine(directory, "conformance.json");
        if (!File.Exists(file))
        {
            Directory.CreateDirectory(directory);
            await MakeAsync(directory, file, cancellationToken);
        }

        await using var stream = File.OpenRead(file);
        return await JsonDocument.ParseAsync(stream, new JsonDocumentOptions { MaxDepth = 256 }, cancellationToken);
    }

    private static async Task MakeAsync(string directory, string file, CancellationToken cancellationToken)
    {
        // A name of its own: two test runs may do this at the same time.
        var work = Directory.CreateDirectory(Path.Combine(directory, Guid.NewGuid().ToString("N")));
        try
        {
            await RunAsync(work.FullName, "npm", ["pack", "--silent", $"{Package}@{Version}"], cancellationToken);
            await using (var archive = File.OpenRead(work.GetFiles("*.tgz").Single().FullName))
            await using (var content = new GZipStream(archive, CompressionMode.Decompress))
            {
                await TarFile.ExtractToDirectoryAsync(content, work.FullName, overwriteFiles: false, cancellationToken);
            }

            var script = Path.Combine(work.FullName, "package", "dist", "cjs", "testdata", "conformance.js");
            var json = await RunAsync(work.FullName, "node", ["-e", Convert, script], cancellationToken);
            var complete = Path.Combine(work.FullName, "conformance.json");
            await File.WriteAllTextAsync(complete, json, cancellationToken);
            File.Move(complete, file, overwrite: true);
        }
        finally
        {
            work.Delete(recursive: true);
        }
    }

    private static async Task<string> RunAsync(string directory, string program, string[] arguments, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = directory,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        try
        {
            process.Start();
        }
        catch (Win32Exception e)
        {
            Assert.Skip($"{program} is not on PATH, so the data of the npm package {Package} cannot be had: {e.Message}");
        }

        try
        {
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            Assert.SkipUnless(process.ExitCode == 0, $"{program} could not get the data of the npm package {Package}: {await errors}");
            return output;
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private static string Repository()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Flux.Orleans.sln")))
        {
            directory = directory.Parent ?? throw new FileNotFoundException("the tests do not run inside of the repository");
        }

        return directory.FullName;
    }
}
