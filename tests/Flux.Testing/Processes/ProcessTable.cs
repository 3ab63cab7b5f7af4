using System.Globalization;

namespace Flux.Testing.Processes;

/// <summary>What <c>/proc</c> says about processes.</summary>
public static class ProcessTable
{
    private const int State = 0;
    private const int Parent = 1;
    private const int Started = 19;

    /// <summary>The state's letter: R, S, D run or wait, T is stopped, Z has ended and was not collected; null when there is none.</summary>
    public static char? StateOf(int pid) => Read(pid)?[State][0];

    /// <summary>Whether a process still runs, stopped ones included.</summary>
    public static bool IsAlive(int pid) => StateOf(pid) is { } state && state is not ('Z' or 'X');

    /// <summary>When a process began, in the kernel's ticks: tells it from a later one with the same number.</summary>
    public static string? StartOf(int pid) => Read(pid)?[Started];

    /// <summary>The memory, in bytes, that a process has in use; 0 when there is none.</summary>
    public static long MemoryOf(int pid) => Status(pid, "VmRSS:") * 1024;

    /// <summary>How many threads a process has; 0 when there is none.</summary>
    public static long ThreadsOf(int pid) => Status(pid, "Threads:");

    /// <summary>The processes whose parent is the given one.</summary>
    public static List<int> ChildrenOf(int pid)
    {
        var children = new List<int>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var child)
                && Read(child) is { } fields
                && int.Parse(fields[Parent], CultureInfo.InvariantCulture) == pid)
            {
                children.Add(child);
            }
        }

        return children;
    }

    private static long Status(int pid, string name)
    {
        try
        {
            var line = File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/status")).FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0; // it is gone
        }
    }

    // The fields behind the name, which stands in brackets and may hold anything.
    private static string[]? Read(int pid)
    {
        try
        {
            var line = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
            return line[(line.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null; // it is gone
        }
    }
}
