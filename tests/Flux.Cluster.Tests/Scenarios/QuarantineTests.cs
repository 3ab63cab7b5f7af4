using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Flux.Cluster.Tests.Scenarios.Cluster;
using Flux.Testing.PostgreSql;

namespace Flux.Cluster.Tests.Scenarios;

/// <summary>Events are damaged behind a server's back: only their entities are harmed (fault model F34 to F38).</summary>
public sealed class QuarantineTests(SharedPostgreSql postgreSql)
{
    private const int Versions = 5;

    // What is done, to which version of the entity of the same place below.
    private static readonly (string Kind, long Version)[] Damages =
    [
        ("payload", Versions), ("hash", 3), ("removed", 3), ("lone surrogate", Versions), ("former values", Versions), ("unknown flag", 1), ("no JSON", 4),
    ];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task F35_F36_F38_damaged_and_poisoned_events_harm_their_entities_alone_until_the_log_is_repaired(bool isEmbedded)
    {
        if (!isEmbedded)
        {
            FaultSet.NeedsShort();
        }

        await using var world = await DamagedWorld.StartAsync("F35", isEmbedded, postgreSql);
        await FillAsync(world);
        var all = await world.ListAsync(string.Empty);
        await world.StopAsync();
        await world.KeepLogAsync();
        foreach (var (index, (kind, version)) in Damages.Index())
        {
            await world.DamageAsync(kind, world.PositionOf(Harmed(index), version));
        }

        await world.DamageAsync("swapped", world.PositionOf("plant/swapped-1", Versions), world.PositionOf("plant/swapped-2", Versions));

        // A server whose read model has seen them whole: who looks finds out.
        await world.StartAsync();
        await AssertSubscriberIsToldAsync(world);
        await AssertQuarantinedAsync(world, isFoundAnew: false);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await world.ReadAsync("plant/swapped-1")).Status);
        await AssertOthersServeAsync(world);
        await world.StopAsync();
        var verified = await world.VerifyAsync();
        Assert.True(verified.ExitCode == 1 && verified.Errors.Contains("position", StringComparison.Ordinal), verified.Errors);

        // The same again, from what it kept in mind; and from the log alone.
        foreach (var forgets in (bool[])[false, true])
        {
            if (forgets)
            {
                await world.ForgetReadModelAsync();
            }

            await world.StartAsync();
            await AssertOthersServeAsync(world);
            await AssertQuarantinedAsync(world, isFoundAnew: forgets);
            await world.StopAsync();
        }

        await world.RepairLogAsync();
        await world.ForgetReadModelAsync();
        await world.StartAsync();
        Assert.Empty(await world.QuarantinedAsync());
        Assert.Equal(all, await world.ListAsync(string.Empty));
        var (status, body) = await world.PublishAsync(Harmed(0), value: 99);
        Assert.True(status == HttpStatusCode.OK, body);
        await world.StopAsync();
        verified = await world.VerifyAsync();
        Assert.True(verified.ExitCode == 0, verified.Errors);
    }

    private static string Harmed(int index) => string.Create(CultureInfo.InvariantCulture, $"plant/harmed-{index}");

    private static async Task FillAsync(DamagedWorld world)
    {
        string[] entities = [.. Damages.Index().Select(damage => Harmed(damage.Index)), "plant/swapped-1", "plant/swapped-2", "plant/sound", "plant/last"];
        for (var value = 1; value <= Versions; value++)
        {
            foreach (var entity in entities)
            {
                var (status, body) = await world.PublishAsync(entity, value);
                Assert.True(status == HttpStatusCode.OK, body);
            }
        }

        Assert.Equal(entities.Order(StringComparer.Ordinal), await world.ListAsync(string.Empty));
    }

    /// <summary>Each damaged event has a frame that says so, and no frame says anything else than what was published.</summary>
    private static async Task AssertSubscriberIsToldAsync(DamagedWorld world)
    {
        var frames = await world.FollowAsync();
        foreach (var (index, (kind, version)) in Damages.Index())
        {
            if (kind != "removed") // whose it was is not known there
            {
                Assert.Contains(frames, frame => frame.GetProperty("type").GetString() is "quarantined"
                    && frame.GetProperty("entity_id").GetString() == Harmed(index) && frame.GetProperty("version").GetInt64() == version);
            }
        }

        foreach (var change in frames.Where(frame => frame.GetProperty("type").GetString() is "change"))
        {
            Assert.Equal(change.GetProperty("version").GetInt64(), change.GetProperty("properties").GetProperty("n").GetInt64());
        }
    }

    /// <summary>Each harmed entity refuses everything, and names its damaged event. A projection that passes over
    /// a missing one knows whose it was by the one behind it alone, and names that.</summary>
    private static async Task AssertQuarantinedAsync(DamagedWorld world, bool isFoundAnew)
    {
        foreach (var (index, (kind, version)) in Damages.Index())
        {
            var place = string.Create(CultureInfo.InvariantCulture, $@"its event at position {world.PositionOf(Harmed(index), version)} \(version {version}\)");
            if (kind == "removed" && isFoundAnew)
            {
                place += string.Create(CultureInfo.InvariantCulture,
                    $@"|its event at position {world.PositionOf(Harmed(index), version + 1)} \(version {version + 1}\) follows version {version - 1}");
            }

            var history = await world.GetAsync($"api/events?entity={Harmed(index)}&limit=100");
            Assert.True(history.Status == HttpStatusCode.OK && history.Body.Contains("\"damaged\":\"", StringComparison.Ordinal), $"{kind}: {history.Body}");

            if (kind != "removed" || !isFoundAnew)
            {
                Assert.Equal(Versions, JsonElement.Parse(history.Body).GetArrayLength()); // what is before the damage stays readable
            }

            // History tells the entity, which is told a moment later.
            var read = await UntilAsync(() => world.ReadAsync(Harmed(index)), answer => answer.Status == HttpStatusCode.ServiceUnavailable);
            Assert.Contains("\"code\":\"quarantined\"", read.Body, StringComparison.Ordinal);
            Assert.Matches(place, read.Body);
            var (status, body) = await world.PublishAsync(Harmed(index), value: 6);
            Assert.True(status == HttpStatusCode.ServiceUnavailable && body.Contains("\"code\":\"quarantined\"", StringComparison.Ordinal), $"{kind}: {status} {body}");
            var told = await UntilAsync(() => Task.FromResult(world.ToldOf($"'{Harmed(index)}' is quarantined")), lines => lines.Count > 0);
            Assert.Matches(place, Assert.Single(told));
        }

        var quarantined = await UntilAsync(world.QuarantinedAsync, entities => Damages.Index().All(damage => entities.ContainsKey(Harmed(damage.Index))));
        Assert.All(quarantined.Keys, id => Assert.True(id.StartsWith("plant/harmed-", StringComparison.Ordinal) || id.StartsWith("plant/swapped-", StringComparison.Ordinal), id));
        Assert.DoesNotContain(await world.ListAsync(string.Empty), quarantined.ContainsKey);
    }

    private static async Task AssertOthersServeAsync(DamagedWorld world)
    {
        foreach (var entity in (string[])["plant/sound", "plant/last"])
        {
            var (status, body) = await world.ReadAsync(entity);
            Assert.True(status == HttpStatusCode.OK, body);
            var next = int.Parse(body.Split("\"n\":")[1].Split('}')[0], CultureInfo.InvariantCulture) + 1;
            Assert.Equal(HttpStatusCode.OK, (await world.PublishAsync(entity, next)).Status);
            Assert.Contains(entity, await world.ListAsync(string.Empty));
        }

        var head = world.PositionOf("plant/last", Versions);
        Assert.Contains("plant/sound", await world.ListAsync(string.Create(CultureInfo.InvariantCulture, $"&at={head}")));
        world.AssertNoDefects();
    }

    private static async Task<T> UntilAsync<T>(Func<Task<T>> ask, Func<T, bool> isSo)
    {
        var started = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        while (true)
        {
            var answer = await ask();
            if (isSo(answer))
            {
                return answer;
            }

            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(20), $"it still was {answer} after 20 s");
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }
}
