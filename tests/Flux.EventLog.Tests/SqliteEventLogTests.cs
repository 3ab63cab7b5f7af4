using Flux.Core.Log;
using Flux.EventLog.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Flux.EventLog.Tests;

public sealed class SqliteEventLogTests : EventLogConformance
{
    private const int DiskError = 10; // SQLITE_IOERR

    private readonly TempDirectory _home = new();
    private string? _directory;
    private EmbeddedStore? _store;

    private string DirectoryInUse => _directory ??= _home["data"];

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _home.Dispose();
    }

    [Fact]
    public async Task A_second_opener_is_refused_and_the_first_goes_on()
    {
        var e = Assert.Throws<DataDirectoryInUseException>(() => Open(DirectoryInUse));

        Assert.Contains(DirectoryInUse, e.Message, StringComparison.Ordinal);
        Assert.Single(Appended(await AppendAsync(Events.Next("home/lamp", "on", 1))));
    }

    [Fact]
    public void A_path_that_is_no_directory_is_refused()
    {
        File.WriteAllText(_home["file"], "x");
        Assert.Throws<DataDirectoryUnusableException>(() => Open(_home["file"]));
    }

    [Fact]
    public async Task A_file_of_a_newer_version_is_refused()
    {
        await CloseAsync();
        ExecuteSql("PRAGMA user_version = 99");

        var e = Assert.Throws<DataDirectoryUnusableException>(() => Open(DirectoryInUse));
        Assert.Contains("schema 99", e.Message, StringComparison.Ordinal);
        ExecuteSql("PRAGMA user_version = 1");
    }

    [Fact]
    public async Task A_log_whose_first_page_is_overwritten_is_refused_by_its_name()
    {
        await AppendAsync(Events.Next("home/lamp", "on", 1));
        await CloseAsync();
        CopyTo(_home["damaged"]);
        await using (var file = new FileStream(Path.Combine(_home["damaged"], "log.db"), FileMode.Open))
        {
            file.Position = 100; // behind the file's head, where the page of the schema begins
            await file.WriteAsync(Enumerable.Repeat((byte)0xFF, 1000).ToArray(), Token);
        }

        var e = Assert.Throws<InvalidDataException>(() => Open(_home["damaged"]));
        Assert.Contains("log.db is damaged", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_crash_inside_an_append_leaves_all_or_nothing()
    {
        await AppendAsync(Events.Next("home/lamp", "on", 1));
        _store!.Log.OnStage = stage => CopyTo(_home[$"at-{stage}"]);
        var big = new string('x', 8000);
        await AppendAsync([.. Enumerable.Range(0, 2000).Select(i => Events.Next("home/lamp", "n", $"\"{i}{big}\""))]); // spills into the WAL

        foreach (var (stage, count) in ((AppendStage, long)[])[(AppendStage.Begun, 1), (AppendStage.Committing, 1), (AppendStage.Committed, 2001)])
        {
            await using var copy = Open(_home[$"at-{stage}"]);
            Assert.Equal(count, copy.Log.Head.Position.Value);
            Assert.Equal(count, copy.ReadModel.Position.Value);
        }
    }

    [Fact]
    public async Task A_torn_tail_of_the_wal_ends_with_the_last_whole_commit()
    {
        await AppendAsync(Events.Next("home/lamp", "on", 1));
        var length = new FileInfo(Path.Combine(DirectoryInUse, "log.db-wal")).Length;
        await AppendAsync([.. Enumerable.Range(0, 100).Select(i => Events.Next("home/lamp", "n", i))]);
        CopyTo(_home["torn"]);
        var torn = Path.Combine(_home["torn"], "log.db-wal");
        using (var wal = File.OpenWrite(torn))
        {
            wal.SetLength(wal.Length - 100);
        }

        await using var copy = Open(_home["torn"]);
        Assert.True(new FileInfo(torn).Length >= length);
        Assert.Equal(1, copy.Log.Head.Position.Value);
    }

    [Fact]
    public async Task A_full_disk_refuses_appends_until_there_is_room()
    {
        await AppendAsync(Events.Next("home/lamp", "on", 1));
        _store!.Log.File!.LimitPages(_store.Log.File.CountPages() + 2);
        var big = Events.NextUnrecorded(TestEvents.Data(TestEvents.Set("home/big", "n", $"\"{new string('x', 100_000)}\"")));

        var e = await Assert.ThrowsAsync<StorageFullException>(() => AppendAsync(big));
        Assert.Equal("storage_full", e.Code);
        Assert.Equal(1, (await Log.ReadHeadAsync(Token)).Position.Value);
        Assert.Single((await ReadAsync(LogScope.All, 1)).Events);

        _store.Log.File.LimitPages(1_000_000);
        Assert.Equal(2, Appended(await AppendAsync(big))[0].Position.Value);
    }

    [Theory]
    [InlineData("Committing")]
    [InlineData("Committed")]
    public async Task A_commit_that_fails_is_settled_by_looking_for_it(string failsAt)
    {
        await AppendAsync(Events.Next("home/lamp", "on", 1));
        _store!.Log.OnStage = FailAt(Enum.Parse<AppendStage>(failsAt));
        var next = Events.Next("home/lamp", "on", 2, id: "e2");

        if (failsAt == "Committed")
        {
            Assert.Equal(2, Appended(await AppendAsync(next))[0].Position.Value);
        }
        else
        {
            await Assert.ThrowsAsync<EventLogUnavailableException>(() => AppendAsync(next));
            _store.Log.OnStage = null;
            Assert.Equal(2, Appended(await AppendAsync(next))[0].Position.Value);
        }
    }

    [Theory]
    [InlineData("Committing")]
    [InlineData("Committed")]
    public async Task An_unknown_outcome_closes_the_log_until_it_can_be_opened_again(string failsAt)
    {
        await AppendAsync(Events.Next("home/lamp", "on", 1));
        var isBroken = false;
        _store!.Log.OnStage = stage =>
        {
            isBroken |= stage.ToString() == failsAt;
            if (isBroken)
            {
                throw new SqliteException("injected", DiskError);
            }
        };
        var next = Events.Next("home/lamp", "on", 2, id: "e2");
        await Assert.ThrowsAsync<AppendOutcomeUnknownException>(() => AppendAsync(next));
        await Assert.ThrowsAsync<EventLogUnavailableException>(() => AppendAsync(next));

        _store.Log.OnStage = null;
        var settled = (await AppendAsync(next))[0];

        var row = failsAt == "Committed"
            ? Assert.IsType<AppendResult.Duplicate>(settled).Event
            : Assert.IsType<AppendResult.Appended>(settled).Event;
        Assert.Equal(2, row.Position.Value);
        Assert.Equal(2, (await ReadAllAsync(LogScope.All, ReadDirection.Forward, 10)).Count);
    }

    [Fact]
    public async Task A_log_that_was_opened_and_cannot_be_looked_into_is_closed_again()
    {
        await AppendAsync(Events.Next("home/lamp", "on", 1));
        _store!.Log.OnStage = stage =>
        {
            if (stage == AppendStage.Reopening)
            {
                ExecuteSql("ALTER TABLE log_commit RENAME COLUMN id TO other");
            }
            else if (stage == AppendStage.Committing)
            {
                throw new SqliteException("injected", DiskError);
            }
        };

        await Assert.ThrowsAsync<AppendOutcomeUnknownException>(() => AppendAsync(Events.Next("home/lamp", "on", 2)));
        await CloseAsync();

        // Whoever closes it last removes it.
        Assert.False(File.Exists(Path.Combine(DirectoryInUse, "log.db-wal")));
        ExecuteSql("ALTER TABLE log_commit RENAME COLUMN other TO id");
    }

    [Theory]
    [InlineData("UPDATE event SET hash = zeroblob(32) WHERE position = 2")]
    [InlineData("DELETE FROM event WHERE position = 3")]
    [InlineData("UPDATE log_commit SET recorded_at = recorded_at + 1")]
    [InlineData("UPDATE log_commit SET writer = writer || 'x'")]
    public async Task A_damaged_end_of_the_log_is_found_at_start(string sql)
    {
        await AppendAsync(Events.Next("home/lamp", "on", 1), Events.Next("home/lamp", "on", 2), Events.Next("home/lamp", "on", 3));
        await CloseAsync();
        ExecuteSql(sql);

        Assert.Throws<InvalidDataException>(() => Open(DirectoryInUse));
        File.Delete(Path.Combine(DirectoryInUse, "log.db"));
    }

    protected override ValueTask<IEventLog> OpenAsync()
    {
        _store = Open(DirectoryInUse);
        return new ValueTask<IEventLog>(_store.Log);
    }

    protected override async ValueTask CloseAsync()
    {
        if (_store is not null)
        {
            await _store.DisposeAsync();
            _store = null;
        }
    }

    protected override async ValueTask CrashAsync()
    {
        CopyTo(_home["crashed"]);
        await CloseAsync();
        _directory = _home["crashed"];
    }

    protected override async ValueTask IndexAsync()
    {
        if (_store!.Projector.Completion.IsCompleted)
        {
            _store.Projector.Start();
        }

        Assert.True(await _store.ReadModel.WaitForAsync(_store.Log.Head.Position, TimeSpan.FromSeconds(30), Token));
    }

    [Fact]
    public async Task A_clock_that_is_set_back_over_a_restart_slows_the_log_down_until_it_is_reached()
    {
        using var home = new TempDirectory();
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));
        Timestamp first;
        await using (var store = Open(home["clock"], time))
        {
            first = Appended(await store.Log.AppendAsync([new TestEvents().Next("home/lamp", "on", 1)], Token))[0].RecordedAt;
            Assert.Equal(Timestamp.From(time.GetUtcNow()), first);
        }

        time.AdjustTime(time.GetUtcNow() - TimeSpan.FromHours(1));
        await using var again = Open(home["clock"], time);
        Assert.Equal(first, again.Log.Now);
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(first.AddSeconds(5), again.Log.Now);
        Assert.Equal(first.AddSeconds(5), Appended(await again.Log.AppendAsync([new TestEvents().Next("home/fan", "on", 1)], Token))[0].RecordedAt);
        time.Advance(TimeSpan.FromHours(2));
        Assert.Equal(Timestamp.From(time.GetUtcNow()), again.Log.Now);
    }

    protected override async Task<IReadOnlyList<(Guid Id, string Writer)>> ReadCommitsAsync()
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(DirectoryInUse, "log.db")};Pooling=False");
        await connection.OpenAsync(Token);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT id, writer FROM log_commit ORDER BY first_position";
        await using var row = await command.ExecuteReaderAsync(Token);
        var commits = new List<(Guid Id, string Writer)>();
        while (await row.ReadAsync(Token))
        {
            commits.Add((new Guid(row.GetFieldValue<byte[]>(0), bigEndian: true), row.GetString(1)));
        }

        return commits;
    }

    private static Action<AppendStage> FailAt(AppendStage failing) => stage =>
    {
        if (stage == failing)
        {
            throw new SqliteException("injected", DiskError);
        }
    };

    private static EmbeddedStore Open(string directory, TimeProvider? time = null) => EmbeddedStore.Open(
        new EmbeddedStoreOptions { Directory = directory }, TestEvents.Instruments, time ?? TimeProvider.System, NullLoggerFactory.Instance, Token);

    private void CopyTo(string target)
    {
        Directory.CreateDirectory(target);
        foreach (var file in Directory.GetFiles(DirectoryInUse).Where(f => !f.EndsWith(".lock", StringComparison.Ordinal)))
        {
            // As a killed process leaves them: whatever the system has.
            using var from = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var to = File.Create(Path.Combine(target, Path.GetFileName(file)));
            from.CopyTo(to);
        }
    }

    private void ExecuteSql(string sql)
    {
        using var database = SqliteDatabase.Open(Path.Combine(DirectoryInUse, "log.db"), SqliteOpenMode.ReadWrite);
        database.Execute(sql);
    }
}
