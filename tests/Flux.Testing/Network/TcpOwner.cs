using System.Globalization;

namespace Flux.Testing.Network;

/// <summary>Finds the process behind a local port, as <c>ss -p</c> does.</summary>
internal static class TcpOwner
{
    private const int LocalAddress = 1;
    private const int Inode = 9;

    /// <summary>The one of some processes that has a connection from a port; null when it is none of them.</summary>
    public static int? Find(int localPort, IEnumerable<int> pids)
    {
        var suffix = string.Create(CultureInfo.InvariantCulture, $":{localPort:X4}");
        var sockets = ((string[])["/proc/net/tcp", "/proc/net/tcp6"]).Where(File.Exists).SelectMany(File.ReadLines)
            .Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(f => f.Length > Inode && f[LocalAddress].EndsWith(suffix, StringComparison.Ordinal))
            .Select(f => $"socket:[{f[Inode]}]")
            .ToHashSet(StringComparer.Ordinal);
        foreach (var pid in pids)
        {
            if (Holds(pid, sockets))
            {
                return pid;
            }
        }

        return null;
    }

    private static bool Holds(int pid, HashSet<string> sockets)
    {
        try
        {
            return Directory.EnumerateFiles(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/fd"))
                .Any(f => File.ResolveLinkTarget(f, returnFinalTarget: false)?.Name is { } name && sockets.Contains(name));
        }
        catch (IOException)
        {
            return false; // the process, or one of its files, is gone
        }
    }
}
