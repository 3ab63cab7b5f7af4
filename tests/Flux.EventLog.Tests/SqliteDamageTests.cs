using System.Data.Common;
using Flux.Core.Log;
using Flux.EventLog.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flux.EventLog.Tests;

public sealed class SqliteDamageTests : DamageConformance
{
    private readonly TempDirectory _home = new();
    private List<RecordedEvent> _rows = [];
    private int _copies;

    protected override int ShortTimes => 12;

    protected override IReadOnlyList<string> LogColumns =>
    [
        "event position position", "event position entity", "event position version", "event position event_id", "event position envelope",
        "event position payload", "event position before", "event position cause", "event position hash",
        "log_commit first_position first_position", "log_commit first_position count", "log_commit first_position recorded_at",
        "log_commit first_position id", "log_commit first_position writer", "log_commit first_position digest", "log_meta epoch epoch",
    ];

    protected override IReadOnlyList<string> ReadModelColumns =>
    [
        "entity id id", "entity id version", "entity id hash", "entity id last_updated", "entity id is_deleted", "entity id properties", "entity id recent", "entity id expiry", "entity id due_at",
        "entity_event positions positions", "entity_event positions chunk", "entity_event positions entity_no",
        "event_id event_id event_id", "event_id event_id position", "event_id event_id namespace", "namespace_count namespace entity_count",
        "namespace_count namespace namespace", "projection epoch epoch", "projection epoch position", "projection epoch entity_count",
        "entity_snapshot digest version", "entity_snapshot digest hash", "entity_snapshot digest last_updated", "entity_snapshot digest properties",
        "entity_snapshot digest expiry", "entity_snapshot digest digest", "entity_snapshot digest entity_no",
    ];

    protected override IReadOnlyList<string> ReadModelTables => ["entity", "entity_event", "event_id", "namespace_count", "entity_snapshot"];

    public override async ValueTask DisposeAsync()
    {
        _home.Dispose();
        await base.DisposeAsync();
    }

    [Fact]
    public async Task One_flipped_byte_of_an_event_in_the_file_is_found_and_named()
    {
        await ForEachAsync(async (random, copy) =>
        {
            var path = Path.Combine(copy, "log.db");
            var file = await File.ReadAllBytesAsync(path, Token);
            var (row, at, length) = FindInFile(file, random);
            at += random.Next(length);
            file[at] ^= (byte)random.Next(1, 256);
            await File.WriteAllBytesAsync(path, file, Token);

            Assert.Contains($"position {row.Position}", await FindAsync(copy, $"byte {at} of the file, at position {row.Position}"), StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task One_flipped_byte_anywhere_in_a_file_is_found_unless_all_that_can_be_read_is_as_it_was()
    {
        var original = await DumpAsync(await CopyAsync());
        var found = 0;
        await ForEachAsync(async (random, copy) =>
        {
            var path = Path.Combine(copy, random.Next(2) == 0 ? "log.db" : "read-model.db");
            var file = await File.ReadAllBytesAsync(path, Token);
            var at = random.Next(file.Length);
            file[at] ^= (byte)(1 << random.Next(8));
            await File.WriteAllBytesAsync(path, file, Token);
            try
            {
                await VerifyAsync(copy, expected: null);
            }
            catch (Exception e) when (e is InvalidDataException or DataDirectoryUnusableException)
            {
                found++;
                return;
            }

            // Room in a page that nothing stands in, and numbers that only SQLite's own tools look at.
            Assert.True(original.SequenceEqual(await DumpAsync(copy)), $"not found: byte {at} of {path}");
        });
        Assert.True(found > 0, "no byte that was flipped was one that matters");
    }

    [Fact]
    public async Task Files_that_are_no_longer_databases_are_reported()
    {
        foreach (var (name, length) in ((string, int)[])[("log.db", 0), ("log.db", 100), ("log.db", 5000), ("read-model.db", 0), ("read-model.db", 5000)])
        {
            var copy = await CopyAsync();
            await using (var file = File.OpenWrite(Path.Combine(copy, name)))
            {
                file.SetLength(length);
            }

            var e = await Record.ExceptionAsync(() => VerifyAsync(copy, expected: null));
            Assert.True(e is InvalidDataException or DataDirectoryUnusableException, $"{name} with {length} bytes: {e}");
        }
    }

    [Fact]
    public async Task A_backup_is_verified_without_a_read_model()
    {
        var copy = await CopyAsync();
        await SqliteBackup.BackupAsync(copy, _home["backup"], progress: null, Token);

        var log = await VerifyAsync(_home["backup"], expected: null);

        Assert.Equal((WholeWorld.Events, null), (log.Head.Position.Value, log.ReadModel));
    }

    protected override async Task FillAsync()
    {
        await using (var store = Open(_home["data"]))
        {
            await WholeWorld.FillAsync(store.Log, seed: 5, Token);
            _rows = [.. Enumerable.Range(1, WholeWorld.Events).Select(position => store.Log.ReadAt(position))];
        }

        await Open(_home["data"]).DisposeAsync(); // projects the rest
    }

    protected override Task<string> CopyAsync()
    {
        var copy = _home[$"copy-{_copies++}"];
        Directory.CreateDirectory(copy);
        foreach (var file in Directory.GetFiles(_home["data"], "*.db*"))
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }

        return Task.FromResult(copy);
    }

    protected override async Task<DbConnection> ConnectAsync(string copy, string table)
    {
        var file = table is "event" or "log_commit" or "log_meta" ? "log.db" : "read-model.db";
        var connection = new SqliteConnection($"Data Source={Path.Combine(copy, file)};Pooling=False");
        await connection.OpenAsync(Token);
        return connection;
    }

    protected override async Task CutAsync(string copy, long newHead)
    {
        await ExecuteAsync(copy, "event", $"DELETE FROM event WHERE position > {newHead}; DELETE FROM log_commit WHERE first_position > {newHead}");
        File.Delete(Path.Combine(copy, "read-model.db"));
    }

    protected override Task ForgetReadModelAsync(string copy)
    {
        foreach (var file in Directory.GetFiles(copy, "read-model.db*"))
        {
            File.Delete(file);
        }

        return Task.CompletedTask;
    }

    private protected override Task<OpenedStore> OpenAsync(string copy)
    {
        var store = Open(copy);
        store.Projector.Start();
        return Task.FromResult(new OpenedStore(store.Log, store.Checked, store.ReadModel, store.Past, store.Series, store.Damages, store));
    }

    protected override Task RemoveTableAsync(string copy, string table) => ExecuteAsync(copy, table, $"DROP TABLE {table}");

    protected override Task<VerifiedLog> VerifyAsync(string copy, HeadDigest? expected) =>
        LogVerification.VerifyEmbeddedAsync(copy, expected, progress: null, Token);

    private static EmbeddedStore Open(string directory) => EmbeddedStore.Open(
        new EmbeddedStoreOptions { Directory = directory }, TestEvents.Instruments, TimeProvider.System, NullLoggerFactory.Instance, Token);

    private (RecordedEvent Row, int At, int Length) FindInFile(byte[] file, Random random)
    {
        while (true)
        {
            var row = _rows[random.Next(_rows.Count)];
            var bytes = random.Next(3) switch
            {
                0 => row.Data.Payload.Json.ToArray(),
                1 => row.Hash,
                _ => System.Text.Encoding.UTF8.GetBytes(row.Data.EventId),
            };
            var at = file.AsSpan().IndexOf(bytes);

            // A long payload is spread over pages.
            if (at >= 0 && file.AsSpan(at + 1).IndexOf(bytes) < 0)
            {
                return (row, at, bytes.Length);
            }
        }
    }

    /// <summary>Reads everything that a server could read.</summary>
    private async Task<List<string>> DumpAsync(string copy)
    {
        var dump = new List<string>();
        foreach (var table in (string[])["event", "log_commit", "log_meta", .. ReadModelTables, "projection"])
        {
            await using var connection = await ConnectAsync(copy, table);
            await using var command = connection.CreateCommand();
            command.CommandText = $"SELECT * FROM {table}";
            await using var row = await command.ExecuteReaderAsync(Token);
            while (await row.ReadAsync(Token))
            {
                var values = Enumerable.Range(0, row.FieldCount).Select(row.GetValue);
                dump.Add($"{table} {string.Join(' ', values.Select(v => v is byte[] bytes ? Convert.ToHexString(bytes) : $"{v.GetType().Name} {v}"))}");
            }
        }

        await using var log = await ConnectAsync(copy, "event");
        await using var causes = log.CreateCommand();
        causes.CommandText = "SELECT cause, position FROM event INDEXED BY event_cause WHERE cause IS NOT NULL ORDER BY cause, position";
        await using var index = await causes.ExecuteReaderAsync(Token);
        while (await index.ReadAsync(Token))
        {
            dump.Add($"event_cause {index.GetValue(0)} {index.GetValue(1)}");
        }

        return dump;
    }
}
