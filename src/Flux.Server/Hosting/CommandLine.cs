using System.CommandLine;
using Flux.EventLog.Sqlite;

namespace Flux.Server.Hosting;

/// <summary>The commands of the binary: serve (without a word), backup, restore, import, export, verify, health.</summary>
internal static class CommandLine
{
    private const string Settings = """
        Flux, a world-state engine: events in over HTTP, live entity state, every change pushed over WebSocket.

        Without a command it serves. Settings come from the environment:
          PORT                               port of HTTP and WebSocket, on all interfaces (3000; 0 takes a free one)
          FLUX_DATA                          directory of the embedded store (./flux-data)
          FLUX_BODY_SIZE_LIMIT_SINGLE_BYTES  longest body of a single publish (1048576)
          FLUX_BODY_SIZE_LIMIT_BATCH_BYTES   longest body of a batch (10485760)
          FLUX_COLLECTION_AGE_SECONDS        idle time after which an entity leaves memory (600)
          FLUX_ACTIVE_ENTITIES               entities in memory, 3 KB each and more; the longest unused leave first (100000)
          FLUX_MANAGEMENT_PORT               port of /metrics and /health for operators (none)
          FLUX_SHUTDOWN_SECONDS              how long a stop may take (25)
          FLUX_CONSOLE                       off: no console at / (on)
          FLUX_AUTH_ENABLED                  true: writing needs a token of the namespace (false)
          FLUX_ADMIN_TOKEN                   what the operator shows; required with authentication (none)
          FLUX_ALLOWED_ORIGINS               origins whose pages may write and open sockets, with commas between them (all)
          FLUX_RATE_LIMIT_ENABLED            whether events are counted against a rate; with authentication only (true)
          FLUX_RATE_LIMIT_PER_NAMESPACE_PER_MINUTE  events a minute of a namespace without a limit of its own (10000)
          FLUX_UNKNOWN_TOKENS_PER_MINUTE     requests a minute with unknown tokens that are answered to one address (1000)

        With FLUX_POSTGRES the process is a member of a cluster, and FLUX_DATA is not used:
          FLUX_POSTGRES                      connection string of the PostgreSQL database that all members share
          FLUX_CLUSTER_ID                    name of the cluster (flux)
          FLUX_SILO_ADDRESS                  IP address that the other members are told (POD_IP, else the first that is not loopback)
          FLUX_SILO_PORT                     port for the other members (11111; 0 takes a free one)
          FLUX_SILO_ADVERTISED_PORT          port that the other members are told (the same)
          FLUX_POSTGRES_UNSAFE               true starts although the database may lose what was acknowledged (false)
        """;

    public static async Task<int> RunAsync(string[] args, Func<Task<int>> serve)
    {
        var root = new RootCommand(Settings);
        root.SetAction((_, _) => GuardAsync(serve));
        root.Subcommands.Add(Backup());
        root.Subcommands.Add(Restore());
        root.Subcommands.Add(ImportCommand.Create());
        root.Subcommands.Add(ExportCommand.Create());
        root.Subcommands.Add(VerifyCommand.Create());
        root.Subcommands.Add(HealthCommand.Create());

        // The server ends itself on SIGTERM; the parser must not cut its drain short.
        var invocation = new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false };
        return await root.Parse(args).InvokeAsync(invocation);
    }

    private static Command Backup()
    {
        var data = new Option<DirectoryInfo>("--data") { Description = "the data directory; its server may be running", Required = true };
        var to = new Option<DirectoryInfo>("--to") { Description = "an empty or new directory for the backup", Required = true };
        var command = new Command("backup", "Copies the embedded store while it is in use; the copy is consistent.") { data, to };
        command.SetAction((parsed, cancellationToken) => GuardAsync(async () =>
        {
            using var progress = new ConsoleProgress("backup", TimeProvider.System);
            var backup = await SqliteBackup.BackupAsync(
                parsed.GetRequiredValue(data).FullName, parsed.GetRequiredValue(to).FullName, progress, cancellationToken);
            progress.Dispose();
            Console.WriteLine($"backed up to position {backup.Head.Position}");
            return 0;
        }));
        return command;
    }

    private static Command Restore()
    {
        var from = new Option<DirectoryInfo>("--from") { Description = "a directory that backup has written", Required = true };
        var data = new Option<DirectoryInfo>("--data") { Description = "an empty or new data directory", Required = true };
        var command = new Command("restore", "Checks a backup and makes a data directory of it. The log becomes a new one: old cursors are refused.")
        {
            from,
            data,
        };
        command.SetAction((parsed, cancellationToken) => GuardAsync(async () =>
        {
            using var progress = new ConsoleProgress("restore", TimeProvider.System);
            var backup = await SqliteBackup.RestoreAsync(
                parsed.GetRequiredValue(from).FullName, parsed.GetRequiredValue(data).FullName, progress, cancellationToken);
            progress.Dispose();
            Console.WriteLine($"restored to position {backup.Head.Position}");
            return 0;
        }));
        return command;
    }

    /// <summary>Runs a command that reads or writes a file of the caller's.</summary>
    public static Task<int> GuardFilesAsync(Func<Task<int>> run) => GuardAsync(async () =>
    {
        try
        {
            return await run();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException(e.Message);
        }
    });

    // A failure that a person can mend is one line; anything else is a defect and shows where it happened.
    public static async Task<int> GuardAsync(Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (Exception e) when (StartupFailure.Describe(e) is { } line)
        {
            await Console.Error.WriteLineAsync($"flux: {line}");
            return 1;
        }
    }
}
