using System.Runtime.InteropServices;

namespace Flux.Server.Hosting;

/// <summary>The memory that native libraries have freed, SQLite first of all.</summary>
internal static class NativeHeap
{
    /// <summary>Gives it back to the system. glibc keeps it otherwise, in a heap for each thread; other libraries do so by themselves.</summary>
    public static void Trim()
    {
        if (OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libc.so.6", out var library) && NativeLibrary.TryGetExport(library, "malloc_trim", out var trim))
        {
            Marshal.GetDelegateForFunctionPointer<MallocTrim>(trim)(pad: 0);
        }
    }

    private delegate int MallocTrim(nuint pad);
}
