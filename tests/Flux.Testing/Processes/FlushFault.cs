using System.Diagnostics;

namespace Flux.Testing.Processes;

/// <summary>Makes the flushes of a process slow, or lets them fail, until it is ended: <c>strace</c> stands between the process and the system.</summary>
public sealed class FlushFault : IAsyncDisposable
{
    private const string Program = "/usr/bin/strace";

    private readonly TemporaryDirectory _directory = new();
    private readonly Process _tracer;

    private FlushFault(int pid, string how) => _tracer = new Process
    {
        StartInfo = new ProcessStartInfo(
            Program, ["-f", "-p", $"{pid}", "-e", "trace=fsync,fdatasync", "-e", $"inject=fsync,fdatasync:{how}", "-o", _directory.At("trace")])
        {
            RedirectStandardError = true,
        },
    };

    /// <summary>Gets why flushes cannot be hurt here; null when they can.</summary>
    public static string? WhyMissing => File.Exists(Program) ? null : "strace is not installed";

    /// <summary>Makes every flush take longer.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="delay">By how much.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The fault, in force.</returns>
    public static Task<FlushFault> DelayAsync(int pid, TimeSpan delay, CancellationToken cancellationToken) =>
        StartAsync(pid, $"delay_enter={(long)delay.TotalMicroseconds}", cancellationToken);

    /// <summary>Lets every flush fail with an error of the device.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The fault, in force.</returns>
    public static Task<FlushFault> FailAsync(int pid, CancellationToken cancellationToken) => StartAsync(pid, "error=EIO", cancellationToken);

    /// <summary>Ends the fault.</summary>
    /// <returns>How many flushes it has met.</returns>
    public async Task<int> EndAsync()
    {
        UnixSignal.Send(_tracer.Id, UnixSignal.Interrupt);
        await _tracer.WaitForExitAsync();
        return File.ReadLines(_directory.At("trace"))
            .Count(line => line.Contains("(INJECTED)", StringComparison.Ordinal) || line.Contains("(DELAYED)", StringComparison.Ordinal));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        LiveProcesses.Kill(_tracer);
        await _tracer.WaitForExitAsync();
        _tracer.Dispose();
        _directory.Dispose();
    }

    private static async Task<FlushFault> StartAsync(int pid, string how, CancellationToken cancellationToken)
    {
        var fault = new FlushFault(pid, how);
        var attached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        fault._tracer.ErrorDataReceived += (_, e) =>
        {
            if (e.Data is not { } line)
            {
                attached.TrySetException(new InvalidOperationException("strace has ended"));
            }
            else if (line.Contains(" attached", StringComparison.Ordinal))
            {
                attached.TrySetResult(); // of the process's threads the first; the others follow at once
            }
        };
        fault._tracer.Start();
        LiveProcesses.Add(fault._tracer);
        fault._tracer.BeginErrorReadLine();
        await attached.Task.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System, cancellationToken);
        return fault;
    }
}
