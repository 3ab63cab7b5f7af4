using System.Globalization;
using System.Net;
using Flux.Cluster.Tests.Scenarios.Cluster;
using Flux.Testing.Load;
using Flux.Testing.PostgreSql;
using Flux.Testing.Processes;

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
        await FillAsync(world);
        using var copies = new TemporaryDirectory();
        foreach (var file in Directory.GetFiles(world.DataDirectory, "*.db*"))
        {
            File.Copy(file, copies.At(Path.GetFileName(file))); // as a power cut would leave it: the server goes on
        }

        await world.StopAsync();
        var (started, refused) = (0, 0);
        var random = Seed.Random(part: 1);
        for (var round = 0; round < (Scenario.IsLong ? 40 : 6); round++)
        {
            foreach (var file in Directory.GetFiles(world.DataDirectory, "*.db*"))
            {
                File.Delete(file);
            }

            foreach (var file in Directory.GetFiles(copies.Path))
            {
                File.Copy(file, Path.Combine(world.DataDirectory, Path.GetFileName(file)));
            }

            await DamageAsync(world.DataDirectory, round, random);
            if (await world.TryStartAsync() is { } why)
            {
                Assert.False(string.IsNullOrWhiteSpace(why), "it did not say why");
                Assert.DoesNotContain("Unhandled exception", why, StringComparison.Ordinal);
                refused++;
                continue;
            }

            started++;
            await AssertNothingIsAlteredAsync(world);
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

    /// <summary>Cuts the end of the WAL off, or overwrites a page of the log.</summary>
    private static async Task DamageAsync(string directory, int round, Random random)
    {
        var wal = Path.Combine(directory, "log.db-wal");
        var isCut = round % 2 == 0 && File.Exists(wal) && new FileInfo(wal).Length > 0;
        await using var file = new FileStream(isCut ? wal : Path.Combine(directory, "log.db"), FileMode.Open, FileAccess.ReadWrite);
        if (isCut)
        {
            file.SetLength(random.NextInt64(file.Length));
            return;
        }

        var page = new byte[4096];
        random.NextBytes(page);
        file.Seek(random.NextInt64(file.Length / page.Length) * page.Length, SeekOrigin.Begin);
        await file.WriteAsync(page, Cancellation);
    }

    private static async Task AssertNothingIsAlteredAsync(DamagedWorld world)
    {
        for (var number = 0; number < Entities; number++)
        {
            var (status, body) = await world.ReadAsync(EntityOf(number));
            Assert.True(status is HttpStatusCode.OK or HttpStatusCode.NotFound or HttpStatusCode.ServiceUnavailable, body);
            if (status == HttpStatusCode.OK)
            {
                using var json = System.Text.Json.JsonDocument.Parse(body);
                var version = json.RootElement.GetProperty("version").GetInt64();
                Assert.InRange(version, 1, Versions);
                Assert.Equal(version, json.RootElement.GetProperty("properties").GetProperty("n").GetInt64());
            }
        }
    }
}
