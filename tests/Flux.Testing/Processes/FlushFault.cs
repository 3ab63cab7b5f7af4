using System.Diagnostics;

namespace Flux.Testing.Processes;

/// <summary>Makes the flushes of processes slow, or lets them fail, until it is ended: <c>strace</c> stands between them and the system.</summary>
public sealed class FlushFault : IAsyncDisposable
{
    private const string Program = "/usr/bin/strace";
    private const string Restriction = "/proc/sys/kernel/yama/ptrace_scope";

    // A guard against hanging, and no target.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    private readonly TemporaryDirectory _directory = new();
    private readonly Process _tracer;

    private FlushFault(IEnumerable<int> pids, string how) => _tracer = new Process
    {
        StartInfo = new ProcessStartInfo(
            Program,
            [
                "-f", .. pids.SelectMany(pid => (string[])["-p", $"{pid}"]), "-o", _directory.At("trace"),
                "-e", "trace=fsync,fdatasync", .. FaultDriver.IsIdle ? (string[])[] : ["-e", $"inject=fsync,fdatasync:{how}"],
            ])
        {
            RedirectStandardError = true,
        },
    };

    /// <summary>Gets why flushes cannot be hurt here; null when they can.</summary>
    public static string? WhyMissing =>
        !File.Exists(Program) ? "strace is not installed"
        : Environment.UserName != "root" && File.Exists(Restriction) && File.ReadAllText(Restriction).Trim() is not "0" ? "strace may attach to no process here: run as root"
        : null;

    /// <summary>Makes every flush take longer.</summary>
    /// <param name="pids">The processes; those that they make are met as well.</param>
    /// <param name="delay">By how much.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The fault, in force.</returns>
    public static Task<FlushFault> DelayAsync(IReadOnlyList<int> pids, TimeSpan delay, CancellationToken cancellationToken) =>
        StartAsync(pids, $"delay_enter={(long)delay.TotalMicroseconds}", cancellationToken);

    /// <summary>Lets every flush fail with an error of the device.</summary>
    /// <param name="pids">The processes; those that they make are met as well.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The fault, in force.</returns>
    public static Task<FlushFault> FailAsync(IReadOnlyList<int> pids, CancellationToken cancellationToken) => StartAsync(pids, "error=EIO", cancellationToken);

    /// <summary>Waits until it has met a flush. One that was under way when the fault began is over then.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>A task that ends then.</returns>
    public async Task WaitForHitAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        using var timer = new PeriodicTimer(PollInterval, TimeProvider.System);
        while (Hits() == 0)
        {
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }

    /// <summary>Ends the fault.</summary>
    /// <returns>How many flushes it has met.</returns>
    public async Task<int> EndAsync()
    {
        if (!_tracer.HasExited) // it ends with the last of the processes
        {
            UnixSignal.Send(_tracer.Id, UnixSignal.Interrupt);
        }

        await _tracer.WaitForExitAsync();
        return Hits();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        LiveProcesses.Kill(_tracer);
        await _tracer.WaitForExitAsync();
        _tracer.Dispose();
        _directory.Dispose();
    }

    private int Hits()
    {
        using var trace = new StreamReader(new FileStream(_directory.At("trace"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        var hits = 0;
        while (trace.ReadLine() is { } line)
        {
            hits += line.Contains("(INJECTED)", StringComparison.Ordinal) || line.Contains("(DELAYED)", StringComparison.Ordinal) ? 1 : 0;
        }

        return hits;
    }

    private static async Task<FlushFault> StartAsync(IReadOnlyList<int> pids, string how, CancellationToken cancellationToken)
    {
        var fault = new FlushFault(pids, how);
        var waiting = pids.ToHashSet();
        var attached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        fault._tracer.ErrorDataReceived += (_, e) =>
        {
            if (e.Data is not { } line)
            {
                attached.TrySetException(new InvalidOperationException("strace has ended"));
            }
            else if (waiting.RemoveWhere(pid => line.Contains($"Process {pid} attached", StringComparison.Ordinal) || line.Contains($"attach: ptrace(PTRACE_SEIZE, {pid})", StringComparison.Ordinal)) > 0
                && waiting.Count == 0)
            {
                attached.TrySetResult(); // said once all threads of a process are met, or when it is gone; those that it makes later are met as they begin
            }
        };
        fault._tracer.Start();
        LiveProcesses.Add(fault._tracer);
        fault._tracer.BeginErrorReadLine();
        await attached.Task.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System, cancellationToken);
        return fault;
    }
}
