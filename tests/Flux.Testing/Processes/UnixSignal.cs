using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Flux.Testing.Processes;

/// <summary>Sends signals by their number.</summary>
internal static class UnixSignal
{
    public const int Interrupt = 2;
    public const int Quit = 3;
    public const int Kill = 9;
    public const int Terminate = 15;
    public const int Continue = 18;
    public const int Stop = 19;

    private const int NoSuchProcess = 3;

    /// <summary>Sends a signal that is a fault; see <see cref="FaultDriver"/>.</summary>
    public static void Hurt(int pid, int signal)
    {
        if (!FaultDriver.IsIdle)
        {
            Send(pid, signal);
        }
    }

    /// <summary>Sends a signal; false when there is no such process.</summary>
    public static bool Send(int pid, int signal)
    {
        if (NativeKill(pid, signal) == 0)
        {
            return true;
        }

        var error = Marshal.GetLastPInvokeError();
        return error == NoSuchProcess ? false : throw new Win32Exception(error, $"signal {signal} could not be sent to {pid}");
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int NativeKill(int pid, int signal);
}
