using System.ComponentModel;
using System.Diagnostics;

namespace Flux.Testing.Processes;

/// <summary>An ext4 file system in a file, whose copy holds what a power cut would leave: what was flushed, and nothing else. It needs root.</summary>
public sealed class LoopDisk : IAsyncDisposable
{
    private const int Megabytes = 256;

    private readonly TemporaryDirectory _directory = new();
    private readonly TemporaryDirectory _mount = new();
    private bool _isMounted;

    private LoopDisk()
    {
    }

    /// <summary>Gets where it is mounted.</summary>
    public string Path => _mount.Path;

    private string Image => _directory.At("image");

    /// <summary>Makes an empty one and mounts it.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The disk; null where none can be mounted.</returns>
    public static async Task<LoopDisk?> TryMountAsync(CancellationToken cancellationToken)
    {
        var disk = new LoopDisk();
        await using (var image = new FileStream(disk.Image, FileMode.CreateNew))
        {
            image.SetLength(Megabytes * 1024L * 1024);
        }

        if (await RunAsync(["mkfs.ext4", "-q", disk.Image], cancellationToken) && await disk.MountAsync(cancellationToken))
        {
            return disk;
        }

        await disk.DisposeAsync();
        return null;
    }

    /// <summary>Gives the path of something on it.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The path.</returns>
    public string At(string name) => _mount.At(name);

    /// <summary>Lets all that was written so far reach the disk.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether it did.</returns>
    public Task<bool> FlushAsync(CancellationToken cancellationToken) => RunAsync(["sync", "-f", Path], cancellationToken);

    /// <summary>Copies what has reached the disk, and mounts the copy. Whoever writes must stand still meanwhile.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The copy.</returns>
    public LoopDisk Copy(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var copy = new LoopDisk();
        File.Copy(Image, copy.Image);
        return copy;
    }

    /// <summary>Mounts it, as a machine does that has power again.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether it could be mounted.</returns>
    public async Task<bool> MountAsync(CancellationToken cancellationToken) =>
        _isMounted = await RunAsync(["mount", "-o", "loop", Image, Path], cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_isMounted)
        {
            await RunAsync(["umount", "-l", Path], CancellationToken.None);
        }

        _mount.Dispose();
        _directory.Dispose();
    }

    private static async Task<bool> RunAsync(string[] command, CancellationToken cancellationToken)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false; // no such program on this user's path
        }
    }
}
