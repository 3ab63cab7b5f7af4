using System.Diagnostics;

namespace Flux.Testing.Processes;

/// <summary>Sees to it that no child outlives the test run, however a test ends; <see cref="ProcessGuard"/> does when the run itself is killed.</summary>
internal static class LiveProcesses
{
    private static readonly HashSet<Process> Live = [];

    static LiveProcesses() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        lock (Live)
        {
            foreach (var process in Live)
            {
                KillNow(process);
            }
        }
    };

    public static void Add(Process process)
    {
        lock (Live)
        {
            Live.Add(process);
        }

        ProcessGuard.Kill(process.Id);
    }

    public static void Kill(Process process)
    {
        lock (Live)
        {
            Live.Remove(process);
        }

        KillNow(process);
    }

    private static void KillNow(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended already.
        }
    }
}
