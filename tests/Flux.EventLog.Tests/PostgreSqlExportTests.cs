using Flux.Core.Log;
using Flux.EventLog.PostgreSql;
using Flux.Testing.PostgreSql;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flux.EventLog.Tests;

public sealed class PostgreSqlExportTests(SharedPostgreSql server) : ExportConformance
{
    private string _filled = string.Empty;

    protected override string Filled => _filled;

    protected override async Task FillAsync()
    {
        Assert.SkipWhen(PostgreSqlServer.WhyMissing is not null, PostgreSqlServer.WhyMissing ?? string.Empty);
        _filled = await NewStoreAsync();
        await using var store = await OpenAsync(_filled);
        await WholeWorld.FillAsync(store.Log, seed: 5, Token);
    }

    protected override Task<HeadDigest> ExportAsync(string store, ExportScope scope, string path) =>
        LogExport.ExportPostgreSqlAsync(Options(store), scope, path, progress: null, Token);

    protected override Task ExportAsync(string store, string path, IProgress<LogProgress> progress, CancellationToken cancellationToken) =>
        LogExport.ExportPostgreSqlAsync(Options(store), new ExportScope.WholeLog(), path, progress, cancellationToken);

    protected override Task<HeadDigest> ImportAsync(Stream export, string store, ImportOptions options) =>
        LogImport.ImportPostgreSqlAsync(export, Options(store), options, progress: null, Token);

    protected override async Task<bool> IsEmptyAsync(string store) => (long)(await PostgreSqlServer.ExecuteAsync(
        store, "SELECT (SELECT count(*) FROM event) + (SELECT count(*) FROM entity_event) + (SELECT count(*) FROM log_commit) + (SELECT position FROM log_head)", Token))! == 0;

    protected override async Task GoOnAsync(string store)
    {
        await using var opened = await OpenAsync(store);
        var appended = await opened.Log.AppendAsync([new TestEvents().Next(TestEvents.Data("{}"))], Token);
        await using var loop = (PostgreSqlProjection)await opened.CreateProjectionAsync(TestEvents.Instruments, Token);
        loop.Start();
        var position = Assert.IsType<AppendResult.Appended>(appended[0]).Event.Position;
        Assert.True(await opened.CreateReadModel(loop).WaitForAsync(position, TimeSpan.FromSeconds(30), Token), "not projected in 30 s");
    }

    protected override Task<VerifiedLog> VerifyAsync(string store) =>
        LogVerification.VerifyPostgreSqlAsync(Options(store), expected: null, progress: null, Token);

    protected override async Task<string> NewStoreAsync()
    {
        var store = await server.CreateDatabaseAsync(Token);
        await (await OpenAsync(store)).DisposeAsync();
        return store;
    }

    private static PostgreSqlOptions Options(string store) => new() { ConnectionString = store, PartitionEvents = 300 };

    private static async Task<PostgreSqlStore> OpenAsync(string store)
    {
        var opened = await PostgreSqlStore.OpenAsync(Options(store), TimeProvider.System, NullLoggerFactory.Instance, Token);
        opened.Log.StartAs("silo");
        return opened;
    }
}
