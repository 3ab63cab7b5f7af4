using System.Data.Common;
using System.Globalization;
using System.Text;
using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Log;
using Flux.Testing.History;

namespace Flux.EventLog.Tests;

/// <summary>Whatever is changed behind Flux's back, in the log or in the read model, is found. A store's tests derive from it and say how to get at the rows.</summary>
public abstract class DamageConformance : IAsyncLifetime
{
    private static readonly bool IsLongRun = Environment.GetEnvironmentVariable("FLUX_LONG") == "1";

    private int _damages;

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Gets how often each kind of damage is done in the short run; in the long run it is 100 times.</summary>
    protected abstract int ShortTimes { get; }

    /// <summary>Gets the columns of the log, as <c>table key column</c>.</summary>
    protected abstract IReadOnlyList<string> LogColumns { get; }

    /// <summary>Gets the columns of the read model and of the indexes, as <c>table key column</c>.</summary>
    protected abstract IReadOnlyList<string> ReadModelColumns { get; }

    /// <summary>Gets the tables of the read model and of the indexes.</summary>
    protected abstract IReadOnlyList<string> ReadModelTables { get; }

    /// <summary>Fills a store and its read model, and closes it.</summary>
    protected abstract Task FillAsync();

    /// <summary>Gives a copy of the store, or the store itself as it was when it was filled.</summary>
    /// <returns>Its name.</returns>
    protected abstract Task<string> CopyAsync();

    /// <summary>Opens a connection to the part of a copy that has a table.</summary>
    protected abstract Task<DbConnection> ConnectAsync(string copy, string table);

    /// <summary>Removes the last events, and all that would tell: as somebody would who wants it to be unseen.</summary>
    protected abstract Task CutAsync(string copy, long newHead);

    /// <summary>Removes the read model, so that it is built anew.</summary>
    protected abstract Task ForgetReadModelAsync(string copy);

    /// <summary>Opens a copy as a server does, with its projection at work.</summary>
    private protected abstract Task<OpenedStore> OpenAsync(string copy);

    protected abstract Task RemoveTableAsync(string copy, string table);

    protected abstract Task<VerifiedLog> VerifyAsync(string copy, HeadDigest? expected);

    public async ValueTask InitializeAsync() => await FillAsync();

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task What_nobody_changed_is_verified()
    {
        var log = await VerifyAsync(await CopyAsync(), expected: null);

        Assert.Equal((WholeWorld.Events, WholeWorld.Events), (log.Head.Position.Value, log.ReadModel?.Value));
        Assert.Equal(9, log.Entities);
    }

    [Fact]
    public async Task One_changed_value_of_the_log_is_found_and_named()
    {
        await ForEachAsync(async (random, copy) =>
        {
            var (table, key, column) = Pick(LogColumns, random);
            var (where, what) = await ChangeAsync(copy, table, key, column, random);

            var message = await FindAsync(copy, $"{table}.{column} at {where}: {what}");

            if (table == "event" && column != "position")
            {
                Assert.Contains($"position {where}", message, StringComparison.Ordinal);
            }
        });
    }

    [Fact]
    public async Task One_removed_event_is_found_and_named()
    {
        await ForEachAsync(async (random, copy) =>
        {
            var position = random.Next(1, WholeWorld.Events + 1);
            await ExecuteAsync(copy, "event", $"DELETE FROM event WHERE position = {position}");

            Assert.Contains($"position {position}", await FindAsync(copy, $"no event at {position}"), StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Two_swapped_events_are_found()
    {
        await ForEachAsync(async (random, copy) =>
        {
            var (a, b) = (random.Next(1, WholeWorld.Events + 1), random.Next(1, WholeWorld.Events + 1));
            if (a == b)
            {
                b = (a % WholeWorld.Events) + 1;
            }

            foreach (var (from, to) in ((int From, int To)[])[(a, 990), (b, a), (990, b)])
            {
                await ExecuteAsync(copy, "event", $"UPDATE event SET position = {to} WHERE position = {from}");
            }

            var message = await FindAsync(copy, $"{a} and {b} swapped");
            var first = Math.Min(a, b);
            if (await ReadAsync(copy, "event", $"SELECT entity FROM event WHERE position = {first}") is string)
            {
                Assert.Contains($"event at position {first} ", message, StringComparison.Ordinal);
            }
        });
    }

    [Fact]
    public async Task A_tail_that_was_cut_off_is_found_against_a_digest_that_was_exported()
    {
        var head = await VerifyAsync(await CopyAsync(), expected: null);
        var exported = new HeadDigest(head.Epoch, head.Head);
        await ForEachAsync(async (random, copy) =>
        {
            var newHead = (long)(await ReadAsync(copy, "log_commit", $"SELECT max(first_position) - 1 FROM log_commit WHERE first_position <= {random.Next(2, WholeWorld.Events + 1)}"))!;
            await CutAsync(copy, newHead);

            // Without the digest nothing is wrong, however closely one looks: that is what the digest is for.
            Assert.Equal(newHead, (await VerifyAsync(copy, expected: null)).Head.Position.Value);
            var e = await Assert.ThrowsAsync<InvalidDataException>(() => VerifyAsync(copy, exported));
            Assert.Contains("cut off", e.Message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Another_log_is_not_taken_for_the_one_whose_digest_was_exported()
    {
        var copy = await CopyAsync();
        var head = await VerifyAsync(copy, expected: null);
        var other = head.Head with { Digest = [.. head.Head.Digest.Select(b => (byte)~b)] };
        var inside = new LogHead(new Position(2), default, head.Head.Digest);

        Assert.Equal(head.Head.Position, (await VerifyAsync(copy, new HeadDigest(head.Epoch, head.Head))).Head.Position);
        foreach (var expected in (LogHead[])[other, inside])
        {
            var e = await Assert.ThrowsAsync<InvalidDataException>(() => VerifyAsync(copy, new HeadDigest(head.Epoch, expected)));
            Assert.Contains("another one", e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task One_changed_value_of_the_read_model_is_found()
    {
        await ForEachAsync(async (random, copy) =>
        {
            var (table, key, column) = Pick(ReadModelColumns, random);
            var (where, what) = await ChangeAsync(copy, table, key, column, random);

            await FindAsync(copy, $"{table}.{column} at {where}: {what}");
        });
    }

    [Fact]
    public async Task One_removed_row_of_the_read_model_is_found()
    {
        await ForEachAsync(async (random, copy) =>
        {
            var table = ReadModelTables[random.Next(ReadModelTables.Count)];
            var rows = (long)(await ReadAsync(copy, table, $"SELECT count(*) FROM {table}"))!;
            await using var connection = await ConnectAsync(copy, table);
            var key = table switch { "entity" => "id", "entity_event" => "{0}", "event_id" => "event_id", "namespace_count" => "namespace", _ => "version" };
            key = string.Format(CultureInfo.InvariantCulture, key, connection is Microsoft.Data.Sqlite.SqliteConnection ? "chunk" : "position");
            var skip = random.NextInt64(rows);
            await using var command = connection.CreateCommand();
            command.CommandText = $"DELETE FROM {table} WHERE {key} = (SELECT {key} FROM {table} ORDER BY {key} LIMIT 1 OFFSET {skip})";
            Assert.True(await command.ExecuteNonQueryAsync(Token) > 0, $"nothing was removed from {table}");

            await FindAsync(copy, $"row {skip} of {table} by {key} is gone");
        });
    }

    [Fact]
    public async Task Events_whose_hashes_do_not_cover_what_was_given_are_sound_for_ever()
    {
        var copy = await CopyAsync();
        var lamp = EntityKey.Trusted("old/lamp");
        await using (var store = await OpenAsync(copy))
        {
            var hash = RowHash.None;
            for (var version = 1; version <= 3; version++)
            {
                var data = TestEvents.Data(TestEvents.Set(lamp.Id, "n", version));
                var before = Encoding.UTF8.GetBytes(version == 1 ? "{}" : $"{{\"n\":{version - 1}}}");
                hash = RowHash.Of(hash, new RowRecord
                {
                    Position = 0,
                    Namespace = lamp.Namespace,
                    Entity = lamp.Id,
                    Version = version,
                    EventId = data.EventId,
                    Stream = data.Stream,
                    Source = data.Source,
                    Timestamp = data.Timestamp,
                    Payload = data.Payload.Json.ToArray(),
                    Before = before,
                    Hash = RowHash.None,
                });
                await store.Log.AppendAsync([new EventToAppend(data, version, before, Cause: null, Expiry: null, hash)], Token);
            }
        }

        await using (var again = await OpenAsync(copy))
        {
            var rows = await SoundWorld.ReadRowsAsync(again.Checked, new LogScope.OfEntity(lamp), Token);
            Assert.Equal([null, null, null], rows.Select(row => row.Damage));
            var state = await again.ReadModel.LoadAsync(lamp, Token);
            Assert.Equal((3, null), (state.Version, state.Damage));
            Assert.True(await again.ReadModel.WaitForAsync(rows[^1].Position, TimeSpan.FromSeconds(30), Token));
            Assert.Empty(await again.ReadModel.ReadQuarantinedAsync(after: null, maxCount: 10, Token));
        }

        await VerifyAsync(copy, expected: null);
    }

    [Fact]
    public async Task A_store_is_verified_while_it_is_written_to()
    {
        var copy = await CopyAsync();
        await using var written = await OpenAsync(copy);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var writing = Task.Run(() => WriteAsync(written.Log, stop.Token), Token);
        var last = 0L;
        for (var i = 0; i < 5; i++)
        {
            var log = await VerifyAsync(copy, expected: null);
            Assert.True(log.Head.Position.Value > last, $"the head is at {log.Head.Position} after {last}");
            last = (await written.Log.WaitForMoreAsync(log.Head.Position, Token)).Value - 1;
        }

        await stop.CancelAsync();
        await writing;
    }

    [Fact]
    public async Task A_damaged_event_harms_its_entity_alone_when_a_server_meets_it()
    {
        var sound = await ReadSoundAsync();
        await ForEachAsync(async (random, copy) =>
        {
            var (kind, position, harmed) = await DamageAsync(copy, sound, random, mayBeLast: true);
            await using var store = await OpenAsync(copy);

            var rows = await SoundWorld.ReadRowsAsync(store.Checked, LogScope.All, Token);
            Assert.Equal(Enumerable.Range(1, WholeWorld.Events), rows.Select(row => (int)row.Position.Value));
            Assert.True(rows[(int)position - 1].Damage is not null || kind == "swapped", $"{kind} at {position} was not noticed");
            foreach (var (row, before) in rows.Zip(sound.Rows))
            {
                // A row in another one's place is still what was written; its entity's history notices, and verify.
                Assert.True(
                    row.Damage is not null ? harmed.Contains(before.Data.Payload.EntityId!) || kind == "swapped"
                        : IsSame(row, before) || (kind == "swapped" && sound.Rows.Any(other => IsSame(row, other))),
                    $"{kind} at {position}: {row.Position} {row.Damage}");
            }

            foreach (var (id, state) in sound.States)
            {
                var key = EntityKey.Trusted(id);
                var history = await SoundWorld.ReadRowsAsync(store.Checked, new LogScope.OfEntity(key), Token);
                Assert.Equal(harmed.Contains(id), history.Any(row => row.Damage is not null));
                var now = await store.ReadModel.LoadAsync(key, Token);
                Assert.True(
                    now.Damage is not null ? harmed.Contains(id) : SoundWorld.Show(now) == state,
                    $"{kind} at {position}: {id} is {SoundWorld.Show(now)} and was {state}");
            }

            var told = ReadTold(store);
            Assert.NotEmpty(told);
            Assert.All(told, told => Assert.True(
                (told.Entity is null || harmed.Contains(told.Entity)) && (kind == "swapped" || told.Damage.Position.Value == position),
                $"{kind} at {position}: told of {told}"));
        });
    }

    [Theory]
    [InlineData("payload", null)]
    [InlineData("hash", null)]
    [InlineData("removed", "follows an event that is missing")]
    public async Task Damage_is_told_of_the_event_that_has_it_also_by_who_reads_only_the_one_behind_it(string kind, string? ofBehind)
    {
        var sound = await ReadSoundAsync();
        var copy = await CopyAsync();
        var behind = sound.Rows.Last(row => row.Version > 2 && row.Position.Value <= sound.Rows.Count - 12);
        var key = EntityKey.Trusted(behind.Data.Payload.EntityId!);
        var harmed = sound.Rows.Single(row => row.Version == behind.Version - 1 && row.Data.Payload.EntityId == key.Id);
        await using (var log = await ConnectAsync(copy, "event"))
        {
            await RowDamage.DoAsync(log, kind, harmed.Position.Value, other: 0, new Random(1), Token);
        }

        await using var store = await OpenAsync(copy);
        Assert.Equal([ofBehind], (await store.Checked.ReadEntityAsync(key, harmed.Version, maxCount: 1, Token)).Select(row => row.Damage));
        var toldBehind = ReadTold(store);
        Assert.NotNull(Assert.Single(await store.Checked.ReadEntityAsync(key, harmed.Version - 1, maxCount: 1, Token)).Damage);
        var toldOfItself = ReadTold(store);

        Assert.Equal(kind == "payload" ? 0 : 1, toldBehind.Count); // with a sound hash before it, nothing is wrong behind
        Assert.Single(toldOfItself);
        Assert.All([.. toldBehind, .. toldOfItself], told =>
            Assert.Equal((key.Id, harmed.Position, harmed.Version), (told.Entity, told.Damage.Position, told.Damage.Version)));
    }

    [Fact]
    public async Task A_damaged_event_harms_its_entity_alone_when_the_read_model_is_built_over_it()
    {
        var sound = await ReadSoundAsync();
        await ForEachAsync(async (random, copy) =>
        {
            // The entity of a last event that was removed is not known to a log without an index.
            var (kind, position, harmed) = await DamageAsync(copy, sound, random, mayBeLast: false);
            await ForgetReadModelAsync(copy);
            foreach (var opening in (string[])["first", "second"])
            {
                await using var store = await OpenAsync(copy);
                Assert.True(await store.ReadModel.WaitForAsync(new Position(WholeWorld.Events), TimeSpan.FromSeconds(30), Token), "not projected in 30 s");

                var quarantined = await store.ReadModel.ReadQuarantinedAsync(after: null, maxCount: 100, Token);
                Assert.True(
                    (quarantined.Count > 0 || kind == "swapped") && quarantined.All(entity => harmed.Contains(entity.Id) && entity.Damage.Position.Value >= position),
                    $"{kind} at {position} of {string.Join(", ", harmed)}: {string.Join(", ", quarantined)}");
                var ids = quarantined.Select(entity => entity.Id).ToHashSet(StringComparer.Ordinal);
                var listed = await store.ReadModel.ListAsync(ns: null, string.Empty, Token).Select(entity => entity.Id).ToListAsync(Token);
                Assert.DoesNotContain(listed, id => ids.Contains(id) && !SystemEntity.Owns(id));
                foreach (var (id, state) in sound.States)
                {
                    var now = await store.ReadModel.LoadAsync(EntityKey.Trusted(id), Token);
                    Assert.True(now.Damage is null ? !ids.Contains(id) : harmed.Contains(id), $"{kind} at {position}: {id} is {SoundWorld.Show(now)}");
                    Assert.True(now.Damage is not null || SoundWorld.Show(now) == state || (kind == "swapped" && harmed.Contains(id)), $"{kind} at {position}, {opening} opening: {id} is {SoundWorld.Show(now)} and was {state}");
                    if (ids.Contains(id))
                    {
                        await Assert.ThrowsAsync<EntityQuarantinedException>(
                            async () => await store.Past.LoadAsync(EntityKey.Trusted(id), new Position(WholeWorld.Events), Token));
                    }
                }

                var past = await store.Past.ListAsync(EntityRange.OfNamespace(ns: null, string.Empty), new Position(WholeWorld.Events), Token).Select(entity => entity.Id).ToListAsync(Token);
                Assert.Equal(listed.Where(id => !ids.Contains(id)), past.Where(id => !ids.Contains(id)));
                Assert.DoesNotContain(past, ids.Contains);
            }
        });
    }

    [Fact]
    public async Task An_entity_that_was_quarantined_for_an_old_event_stays_so_and_is_left_out_of_lists()
    {
        var copy = await CopyAsync();
        var lamp = EntityKey.Trusted("home/lamp");
        var damage = new EntityDamage(new Position(3), 2, "does not have its hash: it was changed");
        await using (var store = await OpenAsync(copy))
        {
            await store.ReadModel.QuarantineAsync(lamp, damage, Token);
            await store.ReadModel.QuarantineAsync(lamp, damage with { Reason = "is missing" }, Token); // the first reason stands
        }

        await using (var again = await OpenAsync(copy))
        {
            Assert.Equal([new QuarantinedEntity("home/lamp", damage)], await again.ReadModel.ReadQuarantinedAsync(after: null, maxCount: 10, Token));
            Assert.Empty(await again.ReadModel.ReadQuarantinedAsync("home/lamp", maxCount: 10, Token));
            Assert.Equal(damage, (await again.ReadModel.LoadAsync(lamp, Token)).Damage);
            Assert.DoesNotContain("home/lamp", await again.ReadModel.ListAsync(ns: null, string.Empty, Token).Select(entity => entity.Id).ToListAsync(Token));
        }

        Assert.Contains("all its events are whole", await FindAsync(copy, "an entity that is quarantined for nothing"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_table_is_reported()
    {
        foreach (var table in (string[])["event", "log_commit", "log_meta", .. ReadModelTables])
        {
            var copy = await CopyAsync();
            await RemoveTableAsync(copy, table);

            await FindAsync(copy, $"no table {table}");
        }
    }

    protected async Task ForEachAsync(Func<Random, string, Task> damage)
    {
        for (var i = 0; i < (IsLongRun ? 100 : ShortTimes); i++)
        {
            await damage(new Random(i + 1), await CopyAsync());
        }
    }

    /// <summary>Verifies a copy, which must fail as a check fails, and not as a program does.</summary>
    protected async Task<string> FindAsync(string copy, string what)
    {
        try
        {
            await VerifyAsync(copy, expected: null);
        }
        catch (InvalidDataException e)
        {
            return e.Message;
        }

        throw new Xunit.Sdk.XunitException($"not found: {what}");
    }

    protected async Task ExecuteAsync(string copy, string table, string sql)
    {
        await using var connection = await ConnectAsync(copy, table);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(Token);
    }

    protected async Task<object?> ReadAsync(string copy, string table, string sql)
    {
        await using var connection = await ConnectAsync(copy, table);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync(Token);
    }

    private static List<(string? Entity, EntityDamage Damage)> ReadTold(OpenedStore store)
    {
        var told = new List<(string? Entity, EntityDamage Damage)>();
        while (store.Damages.Reader.TryRead(out var one))
        {
            told.Add(one);
        }

        return told;
    }

    private static bool IsSame(RecordedEvent row, RecordedEvent before) =>
        row.Version == before.Version && row.Hash.AsSpan().SequenceEqual(before.Hash)
        && row.Data.Payload.Json.Span.SequenceEqual(before.Data.Payload.Json.Span)
        && string.Equals(row.Data.EventId, before.Data.EventId, StringComparison.Ordinal);

    private async Task<SoundWorld> ReadSoundAsync()
    {
        await using var store = await OpenAsync(await CopyAsync());
        return await SoundWorld.ReadAsync(store, Token);
    }

    /// <summary>Damages an event of an entity that is not in the last commit, which a start would refuse.</summary>
    private async Task<(string Kind, long Position, HashSet<string> Harmed)> DamageAsync(string copy, SoundWorld sound, Random random, bool mayBeLast)
    {
        var kind = RowDamage.Kinds[_damages++ % RowDamage.Kinds.Count];
        var last = sound.Rows.Where(row => row.Data.Payload.EntityId is not null).GroupBy(row => row.Data.Payload.EntityId!).ToDictionary(rows => rows.Key, rows => rows.Last());
        RecordedEvent Pick()
        {
            while (true)
            {
                var row = sound.Rows[random.Next(sound.Rows.Count - 12)];
                if (row.Data.Payload.EntityId is { } id && (mayBeLast || last[id] != row))
                {
                    return row;
                }
            }
        }

        var (one, other) = (Pick(), Pick());
        var harmed = new HashSet<string>(StringComparer.Ordinal) { one.Data.Payload.EntityId! };
        if (kind == "swapped" && one != other)
        {
            harmed.Add(other.Data.Payload.EntityId!);
        }
        else if (kind == "swapped")
        {
            kind = "removed";
        }

        await using var log = await ConnectAsync(copy, "event");
        await RowDamage.DoAsync(log, kind, one.Position.Value, other.Position.Value, random, Token);
        return (kind, kind == "swapped" ? Math.Min(one.Position.Value, other.Position.Value) : one.Position.Value, harmed);
    }

    /// <summary>Writes events of ever more entities until it is stopped.</summary>
    private static async Task WriteAsync(IEventLog log, CancellationToken stop)
    {
        var events = new TestEvents();
        for (var i = 0; !stop.IsCancellationRequested; i += 20)
        {
            await log.AppendAsync([.. Enumerable.Range(i, 20).Select(n => events.Next($"live/{n % 7 * n / 50}", "n", n, id: n % 3 == 0 ? $"live-{n}" : null))], Token);
        }
    }

    private static (string Table, string Key, string Column) Pick(IReadOnlyList<string> columns, Random random) =>
        columns[random.Next(columns.Count)].Split(' ') is [var table, var key, var column] ? (table, key, column) : throw new InvalidOperationException();

    /// <summary>Changes one value of a row picked by chance.</summary>
    private async Task<(object Where, string What)> ChangeAsync(string copy, string table, string key, string column, Random random)
    {
        await using var connection = await ConnectAsync(copy, table);
        var rows = new List<(object Key, object Value)>();
        await using (var select = connection.CreateCommand())
        {
            select.CommandText = $"SELECT {key}, {column} FROM {table} WHERE {column} IS NOT NULL ORDER BY {key}";
            await using var row = await select.ExecuteReaderAsync(Token);
            while (await row.ReadAsync(Token))
            {
                if (row.GetValue(1) is not byte[] { Length: 0 } and not "")
                {
                    rows.Add((row.GetValue(0), row.GetValue(1)));
                }
            }
        }

        var (where, value) = rows[random.Next(rows.Count)];
        var changed = Change(value, column, random);
        await using var update = connection.CreateCommand();
        update.CommandText = $"UPDATE {table} SET {column} = @changed WHERE {key} = @where AND {column} = @value";
        foreach (var (name, content) in ((string, object)[])[("changed", changed), ("where", where), ("value", value)])
        {
            var parameter = update.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, content);
            update.Parameters.Add(parameter);
        }

        Assert.True(await update.ExecuteNonQueryAsync(Token) > 0, $"nothing was changed in {table}.{column}");
        return (where, $"{Show(value)} became {Show(changed)}");
    }

    private static object Change(object value, string column, Random random)
    {
        switch (value)
        {
            case bool flag:
                return !flag;
            case long when column == "position":
                return 750L + random.Next(200); // into a partition that is there
            case long number when column is "first_position" or "chunk" or "entity_no" or "version":
                return number ^ (1L << random.Next(10, 40)); // no other row has that
            case long number:
                return number ^ (1L << random.Next(40));
            case int number:
                return number ^ (1 << random.Next(20));
            case Guid:
                return Guid.NewGuid();
            case string text:
                var at = random.Next(text.Length);
                return text[..at] + (text[at] == 'x' ? 'y' : 'x') + text[(at + 1)..];
            case byte[] bytes:
                var changed = (byte[])bytes.Clone();
                var bit = 1 << random.Next(8);
                var place = random.Next(changed.Length);
                changed[place] ^= (byte)bit;
                return changed;
            default:
                throw new InvalidOperationException($"{column} has a {value.GetType()}");
        }
    }

    private static string Show(object value) => value is byte[] bytes ? Convert.ToHexString(bytes) : Convert.ToString(value, CultureInfo.InvariantCulture)!;
}
