using System.Diagnostics;

namespace Flux.Testing.Processes;

/// <summary>A file system of a few megabytes in memory, which can be filled up. It needs root.</summary>
public sealed class SmallDisk : IAsyncDisposable
{
    private readonly TemporaryDirectory _mount = new();

    private SmallDisk()
    {
    }

    private string Ballast => _mount.At("ballast");

    /// <summary>Gets where it is mounted.</summary>
    public string Path => _mount.Path;

    /// <summary>Mounts one.</summary>
    /// <param name="megabytes">Its size.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The disk; null where none can be mounted.</returns>
    public static async Task<SmallDisk?> TryMountAsync(int megabytes, CancellationToken cancellationToken)
    {
        var disk = new SmallDisk();
        if (await RunAsync(["mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", disk.Path], cancellationToken))
        {
            return disk;
        }

        disk._mount.Dispose();
        return null;
    }

    /// <summary>Gives the path of something on it.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The path.</returns>
    public string At(string name) => _mount.At(name);

    /// <summary>Fills what is left of it.</summary>
    /// <returns>The proof: how much that was, and what the system said.</returns>
    public string Fill()
    {
        var block = new byte[4096];
        using var ballast = new FileStream(Ballast, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (!FaultDriver.IsIdle)
            {
                ballast.Write(block);
            }
        }
        catch (IOException e)
        {
            return $"after {ballast.Position} bytes of ballast: {e.Message}";
        }

        return string.Empty;
    }

    /// <summary>Makes room again.</summary>
    public void Free() => File.Delete(Ballast);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await RunAsync(["umount", "-l", Path], CancellationToken.None);
        _mount.Dispose();
    }

    private static async Task<bool> RunAsync(string[] command, CancellationToken cancellationToken)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true })!;
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0;
    }
}
