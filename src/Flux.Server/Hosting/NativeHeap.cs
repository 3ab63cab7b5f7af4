using System.Runtime.InteropServices;

namespace Flux.Server.Hosting;

/// <summary>The memory that native libraries have freed, SQLite first of all. glibc keeps it; other libraries give it back by themselves.</summary>
internal static class NativeHeap
{
    // Of malloc.h.
    private const int MaxArenas = -8;

    private delegate int MallocTrim(nuint pad);

    private delegate int MallocOption(int option, int value);

    /// <summary>Has all threads share two heaps. Before there are any others.</summary>
    /// <remarks>
    /// SQLite's pages are allocated by whichever thread of the pool reads or writes. With a heap for each, what one has freed the others cannot use: at 2,000
    /// events/s that grew by 7 MiB a minute (docs/performance.md).
    /// </remarks>
    public static void Share() => Find<MallocOption>("mallopt")?.Invoke(MaxArenas, 2);

    /// <summary>Gives all of it back to the system.</summary>
    public static void Trim() => Find<MallocTrim>("malloc_trim")?.Invoke(pad: 0);

    private static T? Find<T>(string function)
        where T : Delegate =>
        OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libc.so.6", out var library) && NativeLibrary.TryGetExport(library, function, out var pointer)
            ? Marshal.GetDelegateForFunctionPointer<T>(pointer)
            : null;
}
