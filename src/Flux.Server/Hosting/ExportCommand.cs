using System.CommandLine;
using Flux.EventLog;

namespace Flux.Server.Hosting;

/// <summary>The command <c>export</c>.</summary>
internal static class ExportCommand
{
    public static Command Create()
    {
        var data = StoreOptions.Data("a data directory or a backup; its server may be running");
        var postgres = StoreOptions.Postgres();
        var ns = new Option<string?>("--namespace") { Description = "the events of one namespace; '' for those without one" };
        var all = new Option<bool>("--all") { Description = "the whole log, with its commits: Flux's own records too, so keep it as safe as the log" };
        var proof = new Option<bool>("--proof") { Description = "with --namespace: the commits too, and the hashes of all other events, so that the log's digests can be computed" };
        var digest = new Option<FileInfo?>("--digest") { Description = "writes only the log's head with its digest to this file, to be signed and kept elsewhere" };
        var to = new Option<string?>("--to") { Description = "a new file; - for standard output" };
        var command = new Command("export", "Writes a namespace or the whole log as JSON lines that anybody can verify, or the head's digest.")
        {
            data,
            postgres,
            ns,
            all,
            proof,
            digest,
            to,
        };
        command.SetAction((parsed, cancellationToken) => CommandLine.GuardFilesAsync(async () =>
        {
            var (scope, path) = (parsed.GetValue(ns), parsed.GetValue(all), parsed.GetValue(digest), parsed.GetValue(to)) switch
            {
                ({ } name, false, null, { } file) => (new ExportScope.OfNamespace(name, parsed.GetValue(proof)), file),
                (null, true, null, { } file) => (new ExportScope.WholeLog(), file),
                (null, false, { } file, null) => ((ExportScope)new ExportScope.HeadOnly(), file.FullName),
                _ => throw new SettingsException("export takes --namespace NAME --to FILE, or --all --to FILE, or --digest FILE"),
            };
            using var progress = new ConsoleProgress("export", TimeProvider.System);
            var head = parsed.GetValue(data) is { } directory
                ? await LogExport.ExportEmbeddedAsync(directory.FullName, scope, path, progress, cancellationToken)
                : await LogExport.ExportPostgreSqlAsync(
                    StoreOptions.Database(parsed, postgres), scope, path, progress, cancellationToken);
            progress.Dispose();
            if (path != "-")
            {
                Console.WriteLine($"exported to position {head.Head.Position}, digest {Convert.ToHexStringLower(head.Head.Digest)}");
            }

            return 0;
        }));
        return command;
    }
}
