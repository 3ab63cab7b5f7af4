using System.Diagnostics;
using System.Globalization;

namespace Flux.Testing.Processes;

/// <summary>A shell beside the tests that ends and removes what they have left, however they went.</summary>
/// <remarks>A killed test process ends no children any more, but its end of the guard's pipe closes with it.</remarks>
internal static class ProcessGuard
{
    // A pid is killed only when the process of that number is still the one that was meant: its time of birth says so.
    private const string Script = """
        trap '' INT TERM HUP
        exec > /dev/null 2>&1
        born() { read -r line < "/proc/$1/stat" && set -- ${line##*) } && echo "${20}"; }
        children() { for stat in /proc/[0-9]*/stat; do read -r line < "$stat" && set -- "$1" ${line##*) } && [ "$3" = "$1" ] && basename "${stat%/stat}"; done; }
        orders=
        while IFS= read -r order; do
          case $order in
            "spare "*) orders=$(printf '%s\n' "$orders" | grep -vxF -- "${order#spare }") ;;
            *) orders=$(printf '%s\n%s' "$orders" "$order") ;;
          esac
        done
        printf '%s\n' "$orders" | while read -r kind pid start; do
          if [ "$kind" = kill ] && [ "$(born "$pid")" = "$start" ]; then
            below=$(children "$pid")
            kill -KILL "$pid" $below
          fi
        done
        sleep 0.5
        printf '%s\n' "$orders" | while read -r kind path; do
          [ "$kind" = remove ] && rm -rf -- "$path"
        done
        """;

    private static readonly Lock Gate = new();
    private static StreamWriter? _orders;

    /// <summary>Has a process and its children killed once the tests are gone.</summary>
    public static void Kill(int pid) => Order(string.Create(CultureInfo.InvariantCulture, $"kill {pid} {ProcessTable.StartOf(pid)}"));

    /// <summary>Has a directory removed once the tests are gone.</summary>
    public static void Remove(string path) => Order($"remove {path}");

    /// <summary>Takes the order to remove a directory back. That of a process needs no such thing: the dead are not killed.</summary>
    public static void SpareDirectory(string path) => Order($"spare remove {path}");

    private static void Order(string order)
    {
        lock (Gate)
        {
            _orders ??= Start();
            _orders.WriteLine(order);
            _orders.Flush();
        }
    }

    private static StreamWriter Start()
    {
        // A session of its own, so that a signal to the group of the tests does not reach it.
        var hasSetsid = File.Exists("/usr/bin/setsid");
        var info = new ProcessStartInfo(hasSetsid ? "/usr/bin/setsid" : "/bin/sh", hasSetsid ? ["/bin/sh", "-c", Script] : ["-c", Script])
        {
            RedirectStandardInput = true,
            WorkingDirectory = "/",
        };
        return Process.Start(info)!.StandardInput;
    }
}
