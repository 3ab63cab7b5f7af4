using Flux.EventLog.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flux.EventLog.Tests;

public sealed class SqliteExportTests : ExportConformance
{
    private int _stores;

    protected override string Filled => Home["data"];

    protected override async Task FillAsync()
    {
        await using var store = Open(Filled);
        await WholeWorld.FillAsync(store.Log, seed: 5, Token);
    }

    protected override Task<HeadDigest> ExportAsync(string store, ExportScope scope, string path) =>
        LogExport.ExportEmbeddedAsync(store, scope, path, progress: null, Token);

    protected override Task ExportAsync(string store, string path, IProgress<LogProgress> progress, CancellationToken cancellationToken) =>
        LogExport.ExportEmbeddedAsync(store, new ExportScope.WholeLog(), path, progress, cancellationToken);

    protected override Task<HeadDigest> ImportAsync(Stream export, string store, ImportOptions options) =>
        LogImport.ImportEmbeddedAsync(export, store, options, progress: null, Token);

    protected override Task<bool> IsEmptyAsync(string store)
    {
        // The lock stays, as a data directory has one.
        var isEmpty = Directory.GetFiles(store, "log.db*").Length == 0;
        Directory.Delete(store, recursive: true);
        return Task.FromResult(isEmpty);
    }

    protected override async Task GoOnAsync(string store)
    {
        await using (var opened = Open(store))
        {
            await opened.Log.AppendAsync([new TestEvents().Next(TestEvents.Data("{}"))], Token);
        }

        await Open(store).DisposeAsync(); // projects the rest
    }

    protected override Task<VerifiedLog> VerifyAsync(string store) => LogVerification.VerifyEmbeddedAsync(store, expected: null, progress: null, Token);

    protected override Task<string> NewStoreAsync() => Task.FromResult(Home[$"store-{_stores++}"]);

    private static EmbeddedStore Open(string directory) => EmbeddedStore.Open(
        new EmbeddedStoreOptions { Directory = directory }, TestEvents.Instruments, TimeProvider.System, NullLoggerFactory.Instance, Token);
}
