using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Flux.Testing.History;
using Flux.Testing.Processes;
using Npgsql;

namespace Flux.Testing.PostgreSql;

/// <summary>A private PostgreSQL server in a temporary folder, to be stopped, frozen and killed; or one that somebody else runs.</summary>
public sealed class PostgreSqlServer : IAsyncDisposable
{
    /// <summary>The environment variable that names a server to use instead of a private one: a connection string of a superuser.</summary>
    public const string EnvironmentName = "FLUX_TEST_POSTGRES";

    /// <summary>What faults of the store are aimed at, in histories.</summary>
    public const string Node = "postgresql";

    private const string User = "flux";
    private const int KeptLines = 400;

    // Guards against hanging, and is no target.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan GoodbyeLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);
    private static int _databases;

    private readonly TemporaryDirectory? _directory;
    private readonly TimeProvider _time;
    private readonly string _admin;
    private readonly List<string> _created = [];
    private readonly Queue<string> _output = [];
    private readonly SemaphoreSlim _creating = new(1, 1);
    private Process? _postmaster;

    private PostgreSqlServer(TimeProvider time, string admin, int port, TemporaryDirectory? directory) =>
        (_time, _admin, Port, _directory) = (time, admin, port, directory);

    /// <summary>Gets why tests have no server here; null when they have one. They skip with this text.</summary>
    public static string? WhyMissing => Given is null && WhyNotPrivate is { } why ? $"{why}, or set {EnvironmentName}" : null;

    /// <summary>Gets why no private server can be started here; null when one can.</summary>
    public static string? WhyNotPrivate => PostgreSqlBinaries.WhyMissing;

    /// <summary>Gets the port. It stays the same over restarts.</summary>
    public int Port { get; }

    /// <summary>Gets the process id of the postmaster; all other processes of the server are its children.</summary>
    /// <exception cref="InvalidOperationException">It does not run, or somebody else runs it.</exception>
    public int PostmasterId => _postmaster?.Id ?? throw new InvalidOperationException("the server is not running, or is not ours to hurt");

    /// <summary>Gets the process ids of the postmaster and of all that it has made.</summary>
    public IReadOnlyList<int> ProcessIds => [PostmasterId, .. ProcessTable.ChildrenOf(PostmasterId)];

    /// <summary>Gets where a private server's data is.</summary>
    public string DataDirectory => At("data");

    /// <summary>Gets a value indicating whether the server is ours, so that it may be hurt.</summary>
    public bool IsPrivate => _directory is not null;

    /// <summary>Gets the end of what the server wrote.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return string.Join('\n', _output);
            }
        }
    }

    private static string? Given => Environment.GetEnvironmentVariable(EnvironmentName) is { Length: > 0 } given ? given : null;

    /// <summary>Starts a private server, or takes the one that <see cref="EnvironmentName"/> names.</summary>
    public static async Task<PostgreSqlServer> StartAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        if (Given is { } given)
        {
            var builder = new NpgsqlConnectionStringBuilder(given) { Pooling = false };
            return new PostgreSqlServer(time, builder.ToString(), builder.Port, directory: null);
        }

        return await StartPrivateAsync(Path.GetTempPath(), time, cancellationToken);
    }

    /// <summary>Starts a private server with its data in a new directory under <paramref name="parent"/>.</summary>
    public static Task<PostgreSqlServer> StartPrivateAsync(string parent, TimeProvider time, CancellationToken cancellationToken) => StartOnAsync(
        data => InitializeAsync(data, cancellationToken),
        parent,
        time,
        cancellationToken);

    /// <summary>Starts a private server whose write-ahead log is on a disk of its own, in short files.</summary>
    /// <param name="disk">Where the disk is mounted; it is given to the user that the server is run as.</param>
    /// <param name="time">The clock for polling.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The server, ready.</returns>
    public static async Task<PostgreSqlServer> StartWithLogOnAsync(string disk, TimeProvider time, CancellationToken cancellationToken)
    {
        await PostgreSqlBinaries.GiveAsync(disk, cancellationToken);
        return await StartOnAsync(data => InitializeAsync(data, cancellationToken, "--waldir", Path.Combine(disk, "wal"), "--wal-segsize=1"), time, cancellationToken);
    }

    /// <summary>Starts a standby that follows this private server.</summary>
    /// <param name="port">Where it reaches this server: its port, or that of a link to it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The standby, ready for reading.</returns>
    public Task<PostgreSqlServer> StartStandbyAsync(int port, CancellationToken cancellationToken) => StartOnAsync(
        data => RunAsync(
            "pg_basebackup",
            ["-D", data, "-d", string.Create(CultureInfo.InvariantCulture, $"port={port}"), "--write-recovery-conf", "--checkpoint=fast", "--no-sync"],
            cancellationToken),
        _time,
        cancellationToken);

    /// <summary>Makes a standby a server of its own.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>A task that ends when it takes writes.</returns>
    public Task PromoteAsync(CancellationToken cancellationToken) => ExecuteAsync(_admin, "SELECT pg_promote()", cancellationToken);

    /// <summary>Lets commits wait until a standby has flushed them, or not.</summary>
    /// <param name="isSynchronous">Whether they wait.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>A task that ends when the server does so, with the standby in sync.</returns>
    public async Task WaitForStandbyAsync(bool isSynchronous, CancellationToken cancellationToken)
    {
        await ExecuteAsync(_admin, $"ALTER SYSTEM SET synchronous_standby_names = '{(isSynchronous ? "*" : string.Empty)}'", cancellationToken);
        await ExecuteAsync(_admin, "SELECT pg_reload_conf()", cancellationToken);
        var wanted = isSynchronous ? "sync" : "async";
        using var timer = new PeriodicTimer(PollInterval, _time);
        while (await ExecuteAsync(_admin, "SELECT sync_state FROM pg_stat_replication WHERE state = 'streaming'", cancellationToken) as string != wanted)
        {
            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    /// <summary>Waits until the server has written a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task WaitForOutputAsync(string text, CancellationToken cancellationToken) =>
        WaitAsync(() => Output.Contains(text, StringComparison.Ordinal), $"\"{text}\"", cancellationToken);

    /// <summary>Waits until a private server that was hurt takes connections; one that has ended is started again.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task RecoverAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await EnsureRunningAsync(cancellationToken);
            try
            {
                await WaitUntilReadyAsync(_postmaster!, cancellationToken);
                return;
            }
            catch (InvalidOperationException) when (_postmaster!.HasExited)
            {
                // It ended while it recovered.
            }
        }
    }

    /// <summary>Starts a private server on a data directory that somebody fills, such as with a base backup of another server.</summary>
    /// <param name="fill">Fills the directory, which is not there yet; its parent belongs to the user that PostgreSQL's programs are run as.</param>
    /// <param name="time">The clock for polling.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The server, ready.</returns>
    public static Task<PostgreSqlServer> StartOnAsync(Func<string, Task> fill, TimeProvider time, CancellationToken cancellationToken) =>
        StartOnAsync(fill, Path.GetTempPath(), time, cancellationToken);

    private static Task InitializeAsync(string data, CancellationToken cancellationToken, params string[] more) => PostgreSqlBinaries.RunAsync(
        PostgreSqlBinaries.StartInfo("initdb", ["-D", data, "-U", User, "--auth=trust", "--no-locale", "--encoding=UTF8", "--no-sync", .. more]), cancellationToken);

    private static async Task<PostgreSqlServer> StartOnAsync(
        Func<string, Task> fill, string parent, TimeProvider time, CancellationToken cancellationToken)
    {
        var directory = new TemporaryDirectory(parent);
        var port = FreePort.Next();
        var admin = new NpgsqlConnectionStringBuilder { Host = "127.0.0.1", Port = port, Username = User, Database = "postgres", Pooling = false };
        var server = new PostgreSqlServer(time, admin.ToString(), port, directory);
        try
        {
            await PostgreSqlBinaries.GiveAsync(directory.Path, cancellationToken);
            await fill(directory.At("data"));
            await server.ConfigureAsync(cancellationToken);
            await server.StartAgainAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes an empty database.</summary>
    /// <returns>Its connection string, without options of a pool.</returns>
    public Task<string> CreateDatabaseAsync(CancellationToken cancellationToken) => CreateDatabaseAsync(where: string.Empty, cancellationToken);

    /// <summary>Makes an empty database whose tables, unlike the write-ahead log, are on a disk of their own.</summary>
    /// <param name="disk">Where the disk is mounted; it is given to the user that the server is run as.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Its connection string, without options of a pool.</returns>
    public async Task<string> CreateDatabaseOnAsync(string disk, CancellationToken cancellationToken)
    {
        await PostgreSqlBinaries.GiveAsync(disk, cancellationToken);
        var name = string.Create(CultureInfo.InvariantCulture, $"disk_{Interlocked.Increment(ref _databases)}");
        await ExecuteAsync(_admin, $"CREATE TABLESPACE {name} LOCATION '{disk}'", cancellationToken);
        return await CreateDatabaseAsync($"TABLESPACE {name}", cancellationToken);
    }

    /// <summary>Gives the connection string of a database, without options of a pool.</summary>
    public string ConnectionStringOf(string database)
    {
        var builder = new NpgsqlConnectionStringBuilder(_admin) { Database = database };
        builder.Remove("Pooling");
        return builder.ToString();
    }

    /// <summary>Gives a path for a file of PostgreSQL's own programs, which is removed with the server.</summary>
    public string At(string name) => _directory!.At(name);

    /// <summary>Runs one of PostgreSQL's own programs, which finds this private server by itself.</summary>
    public Task RunAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        var info = PostgreSqlBinaries.StartInfo(program, arguments);
        info.Environment["PGHOST"] = "127.0.0.1";
        info.Environment["PGPORT"] = Port.ToString(CultureInfo.InvariantCulture);
        info.Environment["PGUSER"] = User;
        return PostgreSqlBinaries.RunAsync(info, cancellationToken);
    }

    /// <summary>Stops the server, as <c>pg_ctl stop -m</c> does, and records the proof of it.</summary>
    public async Task StopAsync(PostgreSqlStop mode, HistoryRecorder? recorder, CancellationToken cancellationToken)
    {
        var fault = recorder?.AnnounceFault($"postgresql stop {mode}", $"pid {PostmasterId}", Node);
        var pid = PostmasterId;
        UnixSignal.Hurt(pid, mode == PostgreSqlStop.Fast ? UnixSignal.Interrupt : UnixSignal.Quit);
        await WaitForEndAsync(cancellationToken);
        Prove(recorder, fault, pid);
    }

    /// <summary>Kills the postmaster and all its children, and records the proof of it.</summary>
    public async Task KillAsync(HistoryRecorder? recorder, CancellationToken cancellationToken)
    {
        var fault = recorder?.AnnounceFault("postgresql kill", $"pid {PostmasterId} and its children", Node);
        var pid = PostmasterId;

        // Stopped first, so that it makes no new child while the old ones are killed.
        UnixSignal.Hurt(pid, UnixSignal.Stop);
        var children = ProcessTable.ChildrenOf(pid);
        UnixSignal.Hurt(pid, UnixSignal.Kill);
        children.ForEach(c => UnixSignal.Hurt(c, UnixSignal.Kill));
        await WaitForEndAsync(cancellationToken);
        await WaitAsync(() => !children.Exists(ProcessTable.IsAlive), "the killed backends to be gone", cancellationToken);
        Prove(recorder, fault, pid);
    }

    /// <summary>Starts the server again, on the same port and the same data, and waits until it takes connections.</summary>
    public async Task StartAgainAsync(CancellationToken cancellationToken)
    {
        var process = new Process { StartInfo = PostgreSqlBinaries.StartInfo("postgres", "-D", DataDirectory) };
        process.OutputDataReceived += (_, e) => Keep(e.Data);
        process.ErrorDataReceived += (_, e) => Keep(e.Data);
        process.Start();
        LiveProcesses.Add(process);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _postmaster = process;
        await WaitUntilReadyAsync(process, cancellationToken);
    }

    /// <summary>Stops the postmaster and all its children in their tracks (SIGSTOP), and records the proof of it.</summary>
    public async Task FreezeAsync(HistoryRecorder? recorder, CancellationToken cancellationToken)
    {
        var fault = recorder?.AnnounceFault("postgresql freeze", $"pid {PostmasterId} and its children", Node);
        UnixSignal.Hurt(PostmasterId, UnixSignal.Stop);
        await WaitAsync(() => ProcessTable.StateOf(PostmasterId) is 'T', "the postmaster to stop", cancellationToken);
        var children = ProcessTable.ChildrenOf(PostmasterId);
        children.ForEach(c => UnixSignal.Hurt(c, UnixSignal.Stop));
        await WaitAsync(() => children.TrueForAll(c => ProcessTable.StateOf(c) is 'T' or 'Z' or null), "the backends to stop", cancellationToken);
        if (fault is not null)
        {
            recorder!.ProveFault(fault, $"postmaster {PostmasterId} and {children.Count} children are in state T");
        }
    }

    /// <summary>Lets a frozen server go on (SIGCONT).</summary>
    public void Thaw()
    {
        ProcessTable.ChildrenOf(PostmasterId).ForEach(c => UnixSignal.Send(c, UnixSignal.Continue));
        UnixSignal.Send(PostmasterId, UnixSignal.Continue);
    }

    /// <summary>Makes a server that a failed test left stopped or frozen usable for the next one.</summary>
    public async Task EnsureRunningAsync(CancellationToken cancellationToken)
    {
        if (IsPrivate && _postmaster is null or { HasExited: true })
        {
            await StartAgainAsync(cancellationToken);
        }
        else if (IsPrivate)
        {
            Thaw();
        }
    }

    /// <summary>Ends all connections to a database but the one that asks, and records the proof of it.</summary>
    /// <returns>How many there were.</returns>
    public static async Task<long> TerminateConnectionsAsync(string database, HistoryRecorder recorder, CancellationToken cancellationToken)
    {
        var fault = recorder.AnnounceFault("pg_terminate_backend", "all connections", Node);
        var ended = (long)(await ExecuteAsync(
            database,
            """
            SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid()
            """ + (FaultDriver.IsIdle ? " AND false" : string.Empty),
            cancellationToken))!;
        if (ended > 0)
        {
            recorder.ProveFault(fault, $"{ended} connections were ended");
        }

        return ended;
    }

    /// <summary>Opens a connection of the test's own, outside of every pool.</summary>
    public static async Task<NpgsqlConnection> ConnectAsync(string database, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database) { Pooling = false }.ToString());
        await connection.OpenAsync(cancellationToken);
        return connection;
    }

    /// <summary>Runs a statement on a connection of its own.</summary>
    /// <returns>The first column of the first row; null when there is none.</returns>
    public static async Task<object?> ExecuteAsync(string database, string sql, CancellationToken cancellationToken)
    {
        await using var connection = await ConnectAsync(database, cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_postmaster is { } postmaster)
        {
            // Asked first: a postmaster that ends by itself collects its children.
            var children = ProcessTable.ChildrenOf(postmaster.Id);
            Thaw();
            UnixSignal.Send(postmaster.Id, UnixSignal.Quit);
            await Task.WhenAny(postmaster.WaitForExitAsync(), Task.Delay(GoodbyeLimit, _time));
            LiveProcesses.Kill(postmaster);
            children.Where(ProcessTable.IsAlive).ToList().ForEach(c => UnixSignal.Send(c, UnixSignal.Kill));
            await postmaster.WaitForExitAsync();
            await WaitAsync(() => !children.Exists(ProcessTable.IsAlive), "the backends to be gone", CancellationToken.None);
            postmaster.Dispose();
        }
        else if (!IsPrivate)
        {
            foreach (var name in _created)
            {
                await ExecuteAsync(_admin, $"DROP DATABASE IF EXISTS {name} WITH (FORCE)", CancellationToken.None);
            }
        }

        _directory?.Dispose();
        _creating.Dispose();
    }

    private async Task<string> CreateDatabaseAsync(string where, CancellationToken cancellationToken)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"flux_test_{Environment.ProcessId}_{Interlocked.Increment(ref _databases)}");
        await _creating.WaitAsync(cancellationToken);
        try
        {
            await ExecuteAsync(_admin, $"CREATE DATABASE {name} {where}", cancellationToken);
            _created.Add(name);
        }
        finally
        {
            _creating.Release();
        }

        return ConnectionStringOf(name);
    }

    // Appended, so that it wins over what a copied directory says.
    private Task ConfigureAsync(CancellationToken cancellationToken) =>
        File.AppendAllTextAsync(
            Path.Combine(DataDirectory, "postgresql.conf"),
            $"""

            listen_addresses = '127.0.0.1'
            port = {Port.ToString(CultureInfo.InvariantCulture)}
            unix_socket_directories = '{_directory!.Path}'
            max_connections = 200
            fsync = on
            synchronous_commit = on
            log_line_prefix = '%m [%p] %d '

            """,
            cancellationToken);

    private async Task WaitUntilReadyAsync(Process process, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        using var timer = new PeriodicTimer(PollInterval, _time);
        while (true)
        {
            try
            {
                await ExecuteAsync(_admin, "SELECT 1", cancellationToken);
                return;
            }
            catch (NpgsqlException) when (!process.HasExited && _time.GetElapsedTime(started) < Limit)
            {
                await timer.WaitForNextTickAsync(cancellationToken); // it does not listen yet, or still recovers
            }
            catch (NpgsqlException e)
            {
                throw new InvalidOperationException($"PostgreSQL did not start: {e.Message}\n{Output}", e);
            }
        }
    }

    private async Task WaitForEndAsync(CancellationToken cancellationToken)
    {
        var postmaster = _postmaster!;
        await postmaster.WaitForExitAsync(cancellationToken).WaitAsync(Limit, _time, cancellationToken);
        postmaster.Dispose();
        _postmaster = null;
    }

    private void Prove(HistoryRecorder? recorder, FaultRecord? fault, int pid)
    {
        if (fault is not null && !ProcessTable.IsAlive(pid) && !IsListening())
        {
            recorder!.ProveFault(fault, $"pid {pid} is gone, port {Port} is closed");
        }
    }

    private bool IsListening()
    {
        try
        {
            using var client = new TcpClient("127.0.0.1", Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private async Task WaitAsync(Func<bool> holds, string what, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        using var timer = new PeriodicTimer(PollInterval, _time);
        while (!holds())
        {
            if (_time.GetElapsedTime(started) > Limit)
            {
                throw new TimeoutException($"waited {Limit} for {what}\n{Output}");
            }

            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            lock (_output)
            {
                _output.Enqueue(line);
                if (_output.Count > KeptLines)
                {
                    _output.Dequeue();
                }
            }
        }
    }
}
