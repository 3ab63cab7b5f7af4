using System.Globalization;
using System.Net;
using Flux.Cluster.Tests.Scenarios.Cluster;
using Flux.Testing.Load;
using Flux.Testing.PostgreSql;
using Flux.Testing.Processes;
using Microsoft.Data.Sqlite;

namespace Flux.Cluster.Tests.Scenarios;

/// <summary>Files and tables that were cut, overwritten, or belong elsewhere (fault model F34, F37).</summary>
public sealed class DamagedFileTests(SharedPostgreSql postgreSql)
{
    private const int Entities = 6;
    private const int Versions = 40;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task F34_a_log_whose_tail_was_torn_off_or_whose_pages_were_overwritten_serves_what_was_or_refuses_to_start()
    {
        FaultSet.NeedsShort();
        await using var world = await DamagedWorld.StartAsync("F34", isEmbedded: true, postgreSql);
        using var running = new TemporaryDirectory();
        using var stopped = new TemporaryDirectory();
        var (hold, flushed) = await world.HoldWalAsync();
        await using (hold)
        {
            await FillAsync(world);
            CopyFiles(world.DataDirectory, running.Path); // as a power cut would leave it: the server goes on
        }

        await world.StopAsync();
        CopyFiles(world.DataDirectory, stopped.Path);
        var (started, refused) = (0, 0);
        var random = Seed.Random(part: 1);
        for (var round = 0; round < (Scenario.IsLong ? 40 : 6); round++)
        {
            foreach (var file in Directory.GetFiles(world.DataDirectory, "*.db*"))
            {
                File.Delete(file);
            }

            var isCut = round % 2 == 0;
            CopyFiles((isCut ? running : stopped).Path, world.DataDirectory);
            if (isCut)
            {
                Cut(Path.Combine(world.DataDirectory, "log.db-wal"), flushed, random);
            }
            else
            {
                Overwrite(Path.Combine(world.DataDirectory, "log.db"), random);
            }

            var whole = isCut ? CountRows(world.DataDirectory) : 0;
            if (await world.TryStartAsync() is { } why)
            {
                Scenario.Print($"round {round}: {why}");
                Assert.False(isCut, $"it did not start with what is whole:\n{why}");
                Assert.Matches(@"position \d+|log\.db is damaged", why); // the file, where SQLite cannot read its pages at all
                Assert.DoesNotContain("Unhandled exception", why, StringComparison.Ordinal);
                refused++;
                continue;
            }

            started++;
            var versions = new List<long?>();
            for (var number = 0; number < Entities; number++)
            {
                versions.Add(await ReadVersionAsync(world, EntityOf(number)));
            }

            Scenario.Print($"round {round}: {(isCut ? $"cut, {whole} rows are whole" : "overwritten")}, versions {string.Join(", ", versions)}");
            if (isCut)
            {
                AssertBeginning(versions, whole);
            }
            else
            {
                await AssertAllOrNamedAsync(world, versions);
            }

            world.AssertNoDefects();
            await world.StopAsync();
        }

        Scenario.Print($"{started} started, {refused} refused");
        Assert.True(started > 0, "none of them started, so nothing was served");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task F37_a_read_model_that_does_not_fit_the_log_is_built_anew(bool isEmbedded)
    {
        await using var world = await DamagedWorld.StartAsync("F37", isEmbedded, postgreSql);
        await FillAsync(world);
        var whole = (await world.GetAsync("api/state/entities?prefix=plant/")).Body;
        await world.StopAsync();
        string[] changes =
        [
            "UPDATE projection SET position = position - 7",
            "UPDATE projection SET position = position + 1000000",
            isEmbedded ? "UPDATE projection SET row_hash = zeroblob(32)" : "UPDATE projection SET row_hash = decode(repeat('00', 32), 'hex')",
            .. isEmbedded ? (string[])["UPDATE projection SET epoch = 'another'", "truncate", "overwrite"] : [],
        ];
        foreach (var change in changes)
        {
            var path = Path.Combine(world.DataDirectory, "read-model.db");
            switch (change)
            {
                case "truncate":
                    await using (var file = File.OpenWrite(path))
                    {
                        file.SetLength(file.Length / 2);
                    }

                    break;
                case "overwrite":
                    await File.WriteAllTextAsync(path, "this is no database", Cancellation);
                    break;
                default:
                    // What is shown afterwards comes from the log, not from here.
                    await world.ChangeReadModelAsync(isEmbedded
                        ? $"UPDATE entity SET properties = CAST('{{\"n\":0}}' AS BLOB); {change}"
                        : $"UPDATE entity SET properties = convert_to('{{\"n\":0}}', 'UTF8'); {change}");
                    break;
            }

            await world.StartAsync();
            Assert.Equal(whole, (await world.GetAsync("api/state/entities?prefix=plant/")).Body);
            Assert.Empty(await world.QuarantinedAsync());
            world.AssertNoDefects();
            await world.StopAsync();
        }

        var verified = await world.VerifyAsync();
        Assert.True(verified.ExitCode == 0, verified.Errors);
    }

    private static string EntityOf(int number) => string.Create(CultureInfo.InvariantCulture, $"plant/e{number}");

    private static async Task FillAsync(DamagedWorld world)
    {
        for (var version = 1; version <= Versions; version++)
        {
            for (var number = 0; number < Entities; number++)
            {
                Assert.Equal(HttpStatusCode.OK, (await world.PublishAsync(EntityOf(number), version)).Status);
            }
        }

        Assert.Equal(Entities, (await world.ListAsync(string.Empty)).Count);
    }

    private static void CopyFiles(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*.db*"))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }

    // Behind what had been flushed.
    private static void Cut(string wal, long flushed, Random random)
    {
        using var file = File.OpenWrite(wal);
        file.SetLength(random.NextInt64(flushed, file.Length));
    }

    private static void Overwrite(string log, Random random)
    {
        var page = new byte[4096];
        random.NextBytes(page);
        using var file = File.OpenWrite(log);
        file.Seek(random.NextInt64(file.Length / page.Length) * page.Length, SeekOrigin.Begin);
        file.Write(page);
    }

    /// <summary>Reads an entity: what is served is what was published.</summary>
    /// <returns>Its version, 0 when it is not there; null when it is refused as damaged.</returns>
    private static async Task<long?> ReadVersionAsync(DamagedWorld world, string entity)
    {
        var (status, body) = await world.ReadAsync(entity);
        if (status == HttpStatusCode.NotFound)
        {
            return 0;
        }

        using var json = System.Text.Json.JsonDocument.Parse(body);
        if (status == HttpStatusCode.ServiceUnavailable)
        {
            return null;
        }

        Assert.True(status == HttpStatusCode.OK, body);
        var version = json.RootElement.GetProperty("version").GetInt64();
        Assert.Equal(version, json.RootElement.GetProperty("properties").GetProperty("n").GetInt64());
        return version;
    }

    // What SQLite itself finds whole, in a copy, so that the server gets the files as they were left.
    private static long CountRows(string directory)
    {
        using var copy = new TemporaryDirectory();
        CopyFiles(directory, copy.Path);
        using var connection = new SqliteConnection($"Data Source={copy.At("log.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM event";
        return (long)command.ExecuteScalar()!;
    }

    // Entities were written in turn, one version after the other: what is left of that is a beginning, nothing in it is refused, and nothing whole is left out.
    private static void AssertBeginning(List<long?> versions, long whole)
    {
        var rows = versions.Sum(version => version ?? throw new InvalidOperationException("an entity is refused, and its log was only cut short"));
        Assert.InRange(rows, 0, Entities * Versions);
        Assert.Equal(whole, rows);
        Assert.Equal(Enumerable.Range(0, Entities).Select(number => (long?)((rows + Entities - 1 - number) / Entities)), versions);
    }

    // Nothing is lost in silence: what is not served as it was is refused, and the operator is told the position.
    private static async Task AssertAllOrNamedAsync(DamagedWorld world, List<long?> versions)
    {
        var named = await world.QuarantinedAsync();
        for (var number = 0; number < Entities; number++)
        {
            Assert.True(
                versions[number] is { } version ? version == Versions : named.GetValueOrDefault(EntityOf(number)) > 0,
                $"{EntityOf(number)} is at version {versions[number]?.ToString(CultureInfo.InvariantCulture) ?? "none"} of {Versions}, and named are {string.Join(", ", named)}");
        }
    }
}
