using System.Globalization;
using Npgsql;

namespace Flux.EventLog.PostgreSql;

/// <summary>The pools of connections, each with the settings that its statements need.</summary>
internal sealed class PostgreSqlSources : IAsyncDisposable
{
    // More readers at once than this only wait for each other's pages on the server.
    private const int MaxReaders = 20;

    // The appending connection, one that settles an outcome while that one hangs, and one that adds a partition.
    private const int MaxWriters = 4;

    // Where the log ends is asked for all the time, and a silo that does not hear it takes the log for lost: it waits for no other reader.
    private const int MaxHeadReaders = 2;

    // The projection, missing snapshots, and a checkpoint.
    private const int MaxProjecting = 3;

    // Everything follows an index: what looks cheaper while the log is small would read the whole of it a year later. The one-row tables have
    // none, so their plans look dear, and without jit=off the server would compile them, for 400 ms each.
    private const string ByIndex = " -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off";

    // A page of the largest entity takes seconds, not minutes; a database that hangs ends the work.
    private static readonly TimeSpan ReadLimit = TimeSpan.FromMinutes(10);

    private PostgreSqlSources(NpgsqlDataSource append, NpgsqlDataSource read, NpgsqlDataSource head, NpgsqlDataSource project) =>
        (Append, Read, Head, Project) = (append, read, head, project);

    /// <summary>Gets the connections that append, fence and change the schema.</summary>
    public NpgsqlDataSource Append { get; }

    /// <summary>Gets the connections that read.</summary>
    public NpgsqlDataSource Read { get; }

    /// <summary>Gets the connections that read where the log ends.</summary>
    public NpgsqlDataSource Head { get; }

    /// <summary>Gets the connection that writes the read model. It need not wait for the disk: what a crash takes is projected again.</summary>
    public NpgsqlDataSource Project { get; }

    public static PostgreSqlSources Create(PostgreSqlOptions options)
    {
        var timeout = string.Create(
            CultureInfo.InvariantCulture, $"-c statement_timeout={(int)options.StatementTimeout.TotalMilliseconds} -c idle_in_transaction_session_timeout=5000");

        // Planned once: the statement's plan never changes, and planning it at each call costs as much as a small commit.
        var append = Source(options, "flux-log", MaxWriters, timeout + ByIndex + " -c plan_cache_mode=force_generic_plan");

        // A page of many rows is read in the order of its index. Of a table without statistics yet, as after a checkpoint, the server expects few rows, and
        // would collect and sort all the rest of the range for each page.
        var read = Source(options, "flux-read", MaxReaders, "-c statement_timeout=30000 -c enable_bitmapscan=off" + ByIndex);
        var project = Source(options, "flux-projection", MaxProjecting, "-c statement_timeout=30000 -c synchronous_commit=off" + ByIndex);
        var head = Source(options, "flux-head", MaxHeadReaders, timeout + ByIndex);
        return new PostgreSqlSources(append, read, head, project);
    }

    /// <summary>Makes connections for reading everything from the outside, which takes as long as it takes.</summary>
    /// <exception cref="PostgreSqlUnusableException">The connection string is none.</exception>
    public static NpgsqlDataSource CreateReader(PostgreSqlOptions options)
    {
        try
        {
            var connection = Connection(options, "flux-verify", MaxReaders, "-c default_transaction_read_only=on" + ByIndex);
            connection.CommandTimeout = (int)ReadLimit.TotalSeconds;
            return NpgsqlDataSource.Create(connection);
        }
        catch (ArgumentException e)
        {
            throw new PostgreSqlUnusableException($"FLUX_POSTGRES is no connection string: {e.Message}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Append.DisposeAsync().ConfigureAwait(false);
        await Read.DisposeAsync().ConfigureAwait(false);
        await Head.DisposeAsync().ConfigureAwait(false);
        await Project.DisposeAsync().ConfigureAwait(false);
    }

    private static NpgsqlDataSource Source(PostgreSqlOptions options, string name, int maxPool, string settings) =>
        NpgsqlDataSource.Create(Connection(options, name, maxPool, settings));

    private static NpgsqlConnectionStringBuilder Connection(PostgreSqlOptions options, string name, int maxPool, string settings)
    {
        var connection = new NpgsqlConnectionStringBuilder(options.ConnectionString) { ApplicationName = name };
        connection.MaxPoolSize = Math.Min(connection.MaxPoolSize, maxPool);
        connection.MinPoolSize = 0;
        connection.CommandTimeout = (int)Math.Ceiling(options.StatementTimeout.TotalSeconds);
        connection.Timeout = connection.CommandTimeout;

        // A server that hangs does not answer a request to cancel either: cut the connection at once, and ask on another one.
        connection.CancellationTimeout = -1;
        connection.Options = string.IsNullOrEmpty(connection.Options) ? settings : $"{connection.Options} {settings}";
        return connection;
    }
}
