using Flux.Core.Log;
using Flux.EventLog.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flux.EventLog.Tests;

public sealed class SqliteBackupTests : IDisposable
{
    private readonly TempDirectory _home = new();
    private readonly TestEvents _events = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task A_backup_of_a_running_log_restores_to_the_same_events_in_a_new_epoch()
    {
        await using var store = Open("data");
        store.Projector.Start();
        await AppendAsync(store, count: 500);
        var backup = await SqliteBackup.BackupAsync(_home["data"], _home["backup"], progress: null, Token);
        await AppendAsync(store, count: 20); // the log goes on

        var restored = await SqliteBackup.RestoreAsync(_home["backup"], _home["restored"], progress: null, Token);

        Assert.Equal((store.Log.Epoch, 500), (backup.Epoch, backup.Head.Position.Value));
        Assert.NotEqual(backup.Epoch, restored.Epoch);
        Assert.Equal(backup.Head.Digest, restored.Head.Digest);
        await using var copy = Open("restored");
        Assert.Equal(restored.Epoch, copy.Log.Epoch);
        Assert.Equal(500, copy.ReadModel.Position.Value);
        for (var at = 1; at <= 500; at++)
        {
            var (a, b) = (store.Log.ReadAt(at), copy.Log.ReadAt(at));
            Assert.Equal((a.Version, a.RecordedAt, a.Data.EventId), (b.Version, b.RecordedAt, b.Data.EventId));
            Assert.Equal(a.Hash, b.Hash);
            Assert.True(a.Data.Payload.Json.Span.SequenceEqual(b.Data.Payload.Json.Span));
        }
    }

    [Fact]
    public async Task A_backup_says_how_many_pages_are_copied()
    {
        await using var store = Open("data");
        await AppendAsync(store, count: 300);
        var progress = new KeptProgress();

        await SqliteBackup.BackupAsync(_home["data"], _home["backup"], progress, Token);

        Assert.All(progress.Reports, report => Assert.Equal("pages", report.What));
        Assert.InRange(progress.Reports[^1].Total, 2, long.MaxValue);
        Assert.Equal(progress.Reports[^1].Total, progress.Reports[^1].Done);
    }

    [Fact]
    public async Task A_backup_taken_under_appends_ends_with_a_whole_commit()
    {
        await using var store = Open("data");
        await AppendAsync(store, count: 300);
        var backup = SqliteBackup.BackupAsync(_home["data"], _home["backup"], progress: null, Token);
        while (!backup.IsCompleted)
        {
            await AppendAsync(store, count: 7);
        }

        var restored = await SqliteBackup.RestoreAsync(_home["backup"], _home["restored"], progress: null, Token);

        Assert.Equal((await backup).Head.Position, restored.Head.Position);
        Assert.True(restored.Head.Position.Value >= 300);
    }

    [Fact]
    public async Task A_backup_of_an_empty_log_restores_to_an_empty_log()
    {
        await using (Open("data"))
        {
        }

        await SqliteBackup.BackupAsync(_home["data"], _home["backup"], progress: null, Token);
        Assert.Equal(Position.Start, (await SqliteBackup.RestoreAsync(_home["backup"], _home["restored"], progress: null, Token)).Head.Position);
    }

    [Fact]
    public async Task Nothing_is_overwritten()
    {
        await using var store = Open("data");
        await AppendAsync(store, count: 3);
        await SqliteBackup.BackupAsync(_home["data"], _home["backup"], progress: null, Token);

        await Assert.ThrowsAsync<DataDirectoryUnusableException>(
            () => SqliteBackup.BackupAsync(_home["data"], _home["backup"], progress: null, Token));
        await Assert.ThrowsAsync<DataDirectoryUnusableException>(
            () => SqliteBackup.RestoreAsync(_home["backup"], _home["data"], progress: null, Token));
        await Assert.ThrowsAsync<DataDirectoryUnusableException>(
            () => SqliteBackup.RestoreAsync(_home["nowhere"], _home["new"], progress: null, Token));
    }

    [Theory]
    [InlineData("UPDATE event SET payload = replace(payload, '7', '8') WHERE position = 8")]
    [InlineData("UPDATE event SET hash = (SELECT hash FROM event WHERE position = 3) WHERE position = 4")]
    [InlineData("DELETE FROM event WHERE position = 5")]
    [InlineData("DELETE FROM log_commit WHERE first_position = 1")]
    [InlineData("UPDATE log_commit SET recorded_at = recorded_at + 1 WHERE first_position = 1")]
    [InlineData("UPDATE event SET position = -1 WHERE position = 6; UPDATE event SET position = 6 WHERE position = 7; UPDATE event SET position = 7 WHERE position = -1")]
    public async Task A_backup_that_was_changed_is_not_restored(string sql)
    {
        await using (var store = Open("data"))
        {
            await AppendAsync(store, count: 20);
        }

        await SqliteBackup.BackupAsync(_home["data"], _home["backup"], progress: null, Token);
        using (var database = SqliteDatabase.Open(Path.Combine(_home["backup"], "log.db"), SqliteOpenMode.ReadWrite))
        {
            database.Execute(sql);
        }

        for (var attempt = 0; attempt < 2; attempt++) // the first leaves nothing that keeps the second from its work
        {
            await Assert.ThrowsAsync<InvalidDataException>(
                () => SqliteBackup.RestoreAsync(_home["backup"], _home["restored"], progress: null, Token));
            Assert.False(File.Exists(Path.Combine(_home["restored"], "log.db")));
        }
    }

    [Fact]
    public async Task Where_a_restore_did_not_end_no_log_begins_and_it_can_be_repeated()
    {
        await using (var store = Open("data"))
        {
            await AppendAsync(store, count: 20);
        }

        await SqliteBackup.BackupAsync(_home["data"], _home["backup"], progress: null, Token);
        Directory.CreateDirectory(_home["restored"]);
        await File.WriteAllTextAsync(Path.Combine(_home["restored"], "log.db.0.partial"), "half of it", Token);
        Assert.Throws<DataDirectoryUnusableException>(() => Open("restored"));

        await SqliteBackup.RestoreAsync(_home["backup"], _home["restored"], progress: null, Token);

        Assert.Empty(Directory.GetFiles(_home["restored"], "*.partial*"));
        await using var copy = Open("restored");
        Assert.Equal(20, copy.ReadModel.Position.Value);
    }

    [Fact]
    public async Task Where_the_log_is_missing_beside_its_read_model_no_other_begins()
    {
        await using (var store = Open("data"))
        {
            await AppendAsync(store, count: 20);
        }

        foreach (var file in Directory.GetFiles(_home["data"], "log.db*"))
        {
            File.Delete(file);
        }

        var e = Assert.Throws<DataDirectoryUnusableException>(() => Open("data"));
        Assert.Contains("the log is missing", e.Message, StringComparison.Ordinal);
    }

    private EmbeddedStore Open(string name) => EmbeddedStore.Open(
        new EmbeddedStoreOptions { Directory = _home[name] }, TestEvents.Instruments, TimeProvider.System, NullLoggerFactory.Instance, Token);

    private async Task AppendAsync(EmbeddedStore store, int count)
    {
        foreach (var numbers in Enumerable.Range(0, count).Chunk(10))
        {
            Assert.All(
                await store.Log.AppendAsync([.. numbers.Select(i => _events.Next($"home/{i % 3}", "n", i))], Token),
                result => Assert.IsType<AppendResult.Appended>(result));
        }
    }
}
