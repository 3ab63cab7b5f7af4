using System.Runtime.InteropServices;

namespace Flux.Benchmarks.Processes;

/// <summary>The priority of this process among those that want the same cores.</summary>
internal static partial class OwnPriority
{
    private const int OfThread = 0; // PRIO_PROCESS, which means a thread on Linux
    private const int Low = 10;

    /// <summary>Lets all others go first: what many clients do on this machine would be done elsewhere, and must not take the server's time.</summary>
    /// <exception cref="BenchmarkException">The system refuses.</exception>
    public static void Lower()
    {
        // Threads that are started later have the priority of those that start them.
        foreach (var thread in Directory.GetDirectories("/proc/self/task"))
        {
            if (SetPriority(OfThread, int.Parse(Path.GetFileName(thread), CultureInfo.InvariantCulture), Low) != 0 && Directory.Exists(thread))
            {
                throw new BenchmarkException("The system does not let this program lower its priority.");
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetPriority(int which, int who, int priority);
}
