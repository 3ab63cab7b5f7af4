using System.Diagnostics;
using System.Net;
using Flux.Testing.History;

namespace Flux.Testing.Processes;

/// <summary>One real server process on a port and a data directory of its own.</summary>
public sealed class FluxProcess : IAsyncDisposable
{
    private const int StartAttempts = 3;

    // Guards against hanging, and no targets.
    private static readonly TimeSpan SignalLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan EndLimit = TimeSpan.FromMinutes(2);

    // How often readiness is asked for: small against the seconds of a start.
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(25);

    private readonly Process _process;
    private readonly List<string> _output = [];
    private readonly List<string> _errors = [];

    private FluxProcess(Process process, FluxProcessOptions options, int port)
    {
        _process = process;
        Options = options;
        Port = port;
        Address = new Uri($"http://127.0.0.1:{port}/");
        process.OutputDataReceived += (_, e) => Keep(_output, e.Data);
        process.ErrorDataReceived += (_, e) => Keep(_errors, e.Data);
    }

    /// <summary>Gets how it was started.</summary>
    public FluxProcessOptions Options { get; }

    /// <summary>Gets its port.</summary>
    public int Port { get; }

    /// <summary>Gets its address.</summary>
    public Uri Address { get; }

    /// <summary>Gets the name that histories give this node.</summary>
    public string Node => $"127.0.0.1:{Port}";

    /// <summary>Gets its process id.</summary>
    public int Id => _process.Id;

    /// <summary>Gets a value indicating whether it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Gets how long it took from the start of the process until it was ready.</summary>
    public TimeSpan StartedIn { get; private set; }

    /// <summary>Gets what it has written to standard output and standard error so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return string.Join('\n', [.. _output, "--- stderr", .. _errors]);
            }
        }
    }

    /// <summary>Starts a server and waits until it is ready.</summary>
    /// <param name="options">How.</param>
    /// <param name="time">The clock for polling.</param>
    /// <param name="cancellationToken">Kills it and gives up.</param>
    /// <returns>The server, ready.</returns>
    /// <exception cref="InvalidOperationException">It ended or was not ready in time; the text has all it wrote.</exception>
    public static async Task<FluxProcess> StartAsync(FluxProcessOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var server = Launch(options, options.Port ?? FreePort.Next());
            try
            {
                await server.WaitUntilReadyAsync(time, cancellationToken);
                return server;
            }
            catch (InvalidOperationException) when (options.Port is null && attempt < StartAttempts && server._process.HasExited)
            {
                await server.DisposeAsync(); // most likely somebody else took the port: another one
            }
            catch
            {
                await server.DisposeAsync();
                throw;
            }
        }
    }

    /// <summary>Starts a server and does not wait for it.</summary>
    /// <param name="options">How.</param>
    /// <param name="port">The port.</param>
    /// <returns>The server, starting.</returns>
    public static FluxProcess Launch(FluxProcessOptions options, int port)
    {
        var process = new Process { StartInfo = FluxCommand.StartInfo([], options.ToEnvironment(port), options.ServerAssembly) };
        var server = new FluxProcess(process, options, port);
        process.Start();
        LiveProcesses.Add(process);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return server;
    }

    /// <summary>Waits until <c>/health/ready</c> answers 200.</summary>
    /// <param name="time">The clock for polling.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>A task that ends when the server is ready.</returns>
    public async Task WaitUntilReadyAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        using var limit = new CancellationTokenSource(Options.StartLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        using var http = new HttpClient { BaseAddress = Address };
        using var timer = new PeriodicTimer(PollInterval, time);
        try
        {
            while (!await IsReadyAsync(http, either.Token))
            {
                if (_process.HasExited)
                {
                    await _process.WaitForExitAsync(either.Token); // for the rest of what it wrote
                    throw new InvalidOperationException($"the server ended with {_process.ExitCode} before it was ready:\n{Output}");
                }

                await timer.WaitForNextTickAsync(either.Token);
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            throw new InvalidOperationException($"the server was not ready after {Options.StartLimit}:\n{Output}");
        }

        StartedIn = time.GetElapsedTime(started);
    }

    /// <summary>Kills the process the hard way and records the proof of it.</summary>
    /// <param name="recorder">Where the fault is announced and proved.</param>
    /// <param name="cancellationToken">Stops waiting; the signal was sent all the same.</param>
    /// <returns>A task that ends when the process is gone.</returns>
    public async Task KillAsync(HistoryRecorder recorder, CancellationToken cancellationToken)
    {
        var fault = recorder.AnnounceFault("kill", $"{Node}, pid {Id}", Node);
        UnixSignal.Hurt(Id, UnixSignal.Kill);
        await _process.WaitForExitAsync(cancellationToken).WaitAsync(SignalLimit, TimeProvider.System, cancellationToken);
        if (_process.ExitCode == 128 + UnixSignal.Kill && !ProcessTable.IsAlive(Id))
        {
            recorder.ProveFault(fault, $"pid {Id} is gone, exit code {_process.ExitCode}");
        }
    }

    /// <summary>Stops the process in its tracks (SIGSTOP) and records the proof of it.</summary>
    /// <param name="recorder">Where the fault is announced and proved.</param>
    /// <param name="time">The clock for polling.</param>
    /// <param name="cancellationToken">Stops waiting; the signal was sent all the same.</param>
    /// <returns>A task that ends when the process stands still.</returns>
    public async Task FreezeAsync(HistoryRecorder recorder, TimeProvider time, CancellationToken cancellationToken)
    {
        var fault = recorder.AnnounceFault(FaultRecord.Freeze, $"{Node}, pid {Id}", Node);
        UnixSignal.Hurt(Id, UnixSignal.Stop);
        await WaitForStateAsync(state => state is 'T' or 't', "stop", time, cancellationToken); // t under strace
        recorder.ProveFault(fault, $"pid {Id} is in state {ProcessTable.StateOf(Id)}");
    }

    /// <summary>Lets a frozen process go on (SIGCONT), and records that.</summary>
    /// <param name="recorder">Where it is recorded.</param>
    /// <param name="time">The clock for polling.</param>
    /// <param name="cancellationToken">Stops waiting; the signal was sent all the same.</param>
    /// <returns>A task that ends when the process runs, or has ended at once.</returns>
    public async Task ThawAsync(HistoryRecorder recorder, TimeProvider time, CancellationToken cancellationToken)
    {
        var heal = recorder.AnnounceFault(FaultRecord.Heal, $"{Node}, pid {Id}", Node);
        UnixSignal.Send(Id, UnixSignal.Continue);
        await WaitForStateAsync(state => state is not 'T', "go on", time, cancellationToken);
        recorder.ProveFault(heal, $"pid {Id} is in state {ProcessTable.StateOf(Id)}");
    }

    /// <summary>Asks the process to end (SIGTERM) and does not wait.</summary>
    public void Terminate() => UnixSignal.Send(Id, UnixSignal.Terminate);

    /// <summary>Asks the process to end (SIGTERM), waits until it has, and records the proof of it.</summary>
    /// <param name="recorder">Where the fault is announced and proved.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> TerminateAsync(HistoryRecorder recorder, CancellationToken cancellationToken)
    {
        var fault = recorder.AnnounceFault("terminate", $"{Node}, pid {Id}", Node);
        UnixSignal.Hurt(Id, UnixSignal.Terminate);
        var exitCode = await WaitForExitAsync(cancellationToken).WaitAsync(EndLimit, TimeProvider.System, cancellationToken);
        recorder.ProveFault(fault, $"pid {Id} ended with {exitCode}");
        return exitCode;
    }

    /// <summary>Waits for the end of the process.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> WaitForExitAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        return _process.ExitCode;
    }

    /// <summary>Asks the process to end (SIGTERM) and waits until it has.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The exit code.</returns>
    public Task<int> StopAsync(CancellationToken cancellationToken)
    {
        Terminate();
        return WaitForExitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        LiveProcesses.Kill(_process);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task WaitForStateAsync(Func<char?, bool> holds, string what, TimeProvider time, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(SignalLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        using var timer = new PeriodicTimer(PollInterval, time);
        try
        {
            while (!holds(ProcessTable.StateOf(Id)))
            {
                await timer.WaitForNextTickAsync(either.Token);
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            throw new TimeoutException($"pid {Id} did not {what} within {SignalLimit}: it is in state {ProcessTable.StateOf(Id)}");
        }
    }

    private static async Task<bool> IsReadyAsync(HttpClient http, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri("health/ready", UriKind.Relative), cancellationToken);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false; // nobody listens yet
        }
    }

    private void Keep(List<string> lines, string? line)
    {
        if (line is not null)
        {
            lock (_output)
            {
                lines.Add(line);
            }
        }
    }
}
