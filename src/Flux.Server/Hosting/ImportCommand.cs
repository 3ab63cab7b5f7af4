using System.CommandLine;
using Flux.EventLog;
using Flux.EventLog.PostgreSql;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flux.Server.Hosting;

/// <summary>The command <c>import</c>.</summary>
internal static class ImportCommand
{
    public static Command Create()
    {
        var data = StoreOptions.Data("without --from the data directory to import, its server stopped; with --from an empty or new one to import into");
        var postgres = StoreOptions.Postgres();
        var from = new Option<string?>("--from") { Description = "a file that export has written; - for standard input" };
        var newEpoch = new Option<bool>("--new-epoch") { Description = "with --from: makes another log of it, for when the exported one goes on; old cursors are refused" };
        var renumber = new Option<bool>("--renumber") { Description = "with --from and a namespace: new positions, and no empty events where other namespaces had theirs" };
        var command = new Command(
            "import", "Moves an embedded store into an empty PostgreSQL log, or takes an export back into an empty store: versions, hashes and positions stay.")
        {
            data,
            postgres,
            from,
            newEpoch,
            renumber,
        };
        command.SetAction((parsed, cancellationToken) => CommandLine.GuardFilesAsync(async () =>
        {
            var directory = parsed.GetValue(data)?.FullName;
            using var progress = new ConsoleProgress("import", TimeProvider.System);
            if (parsed.GetValue(from) is not { } file)
            {
                var database = await PrepareAsync(StoreOptions.Database(parsed, postgres), cancellationToken);
                var moved = await EmbeddedStoreImport.ImportAsync(
                    directory ?? throw new SettingsException("name what to import: --data DIR or --from FILE"), database, progress, cancellationToken);
                progress.Dispose();
                Console.WriteLine($"imported to position {moved.Position}");
                return 0;
            }

            var options = new ImportOptions(parsed.GetValue(newEpoch), parsed.GetValue(renumber));
            await using var export = file == "-" ? Console.OpenStandardInput() : File.OpenRead(file);
            var log = directory is not null
                ? await LogImport.ImportEmbeddedAsync(export, directory, options, progress, cancellationToken)
                : await LogImport.ImportPostgreSqlAsync(
                    export, await PrepareAsync(StoreOptions.Database(parsed, postgres), cancellationToken), options, progress, cancellationToken);
            progress.Dispose();
            Console.WriteLine($"imported to position {log.Head.Position}, digest {Convert.ToHexStringLower(log.Head.Digest)}");
            return 0;
        }));
        return command;
    }

    /// <summary>Makes the schema, and refuses a database that cannot be used.</summary>
    private static async Task<PostgreSqlOptions> PrepareAsync(PostgreSqlOptions options, CancellationToken cancellationToken)
    {
        await (await PostgreSqlStore.OpenAsync(options, TimeProvider.System, NullLoggerFactory.Instance, cancellationToken)).DisposeAsync();
        return options;
    }
}
