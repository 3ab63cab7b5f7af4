using System.Runtime.InteropServices;

namespace Flux.Benchmarks.Measuring;

/// <summary>What a process has used so far, as the kernel counts it.</summary>
/// <param name="Cpu">User and system time.</param>
/// <param name="ChildCpu">User and system time of the children that ended and were waited for.</param>
/// <param name="ResidentBytes">Memory that is resident now.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ProcessUsage(TimeSpan Cpu, TimeSpan ChildCpu, long ResidentBytes)
{
    // USER_HZ: what /proc reports in, on every Linux that .NET runs on, whatever the kernel's own tick is.
    private const int TicksPerSecond = 100;

    public static ProcessUsage OfSelf() => Of(Environment.ProcessId);

    public static ProcessUsage Of(int processId)
    {
        var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/stat"));
        // The second field is the program's name in brackets and may hold blanks.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return new ProcessUsage(
            Time(fields[11]) + Time(fields[12]),
            Time(fields[13]) + Time(fields[14]),
            long.Parse(fields[21], CultureInfo.InvariantCulture) * Environment.SystemPageSize);
    }

    /// <summary>What a server of several processes has used: the process, its children, and those that have ended.</summary>
    public static TimeSpan CpuOfTree(int processId)
    {
        var cpu = TimeSpan.Zero;

        // The parent is read last: a child that ends meanwhile is in its time.
        foreach (var child in ProcessTable.ChildrenOf(processId))
        {
            try
            {
                cpu += CpuOfTree(child);
            }
            catch (IOException)
            {
                // It has ended.
            }
        }

        var usage = Of(processId);
        return cpu + usage.Cpu + usage.ChildCpu;
    }

    private static TimeSpan Time(string ticks) =>
        TimeSpan.FromSeconds(long.Parse(ticks, CultureInfo.InvariantCulture) / (double)TicksPerSecond);
}
