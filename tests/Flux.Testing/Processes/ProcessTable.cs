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
