using System.Diagnostics;

namespace Flux.Client.Tests.JavaScript;

/// <summary>A class of sockets for a Node that has none, from the package <c>ws</c>.</summary>
internal static class WebSocketPackage
{
    private const string Version = "8.18.3";
    private static readonly SemaphoreSlim Gate = new(1);

    /// <summary>Gives the path of its module, and installs it the first time.</summary>
    public static async Task<string> FindAsync()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "node");
        var module = Path.Combine(folder, "node_modules", "ws", "wrapper.mjs");
        await Gate.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            if (!File.Exists(module))
            {
                Directory.CreateDirectory(folder);
                using var npm = Process.Start(new ProcessStartInfo("npm", ["install", "--prefix", folder, "--no-audit", "--no-fund", $"ws@{Version}"])
                {
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                })!;
                var (output, errors) = (npm.StandardOutput.ReadToEndAsync(), npm.StandardError.ReadToEndAsync());
                await npm.WaitForExitAsync(TestContext.Current.CancellationToken);
                Assert.True(npm.ExitCode == 0, $"npm could not install ws: {await output}{await errors}");
            }
        }
        finally
        {
            Gate.Release();
        }

        return module;
    }
}
