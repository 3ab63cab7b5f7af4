using System.Diagnostics.Metrics;
using System.Reflection;
using Flux.Core.Entities;
using Flux.Core.Log;
using Flux.EventLog;
using Flux.Grains.Entities;
using Flux.Server.Quarantine;
using Flux.Server.Tests.Subscriptions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Flux.Server.Tests.Quarantine;

/// <summary>What the operator hears of damage.</summary>
public sealed class QuarantineServiceTests
{
    [Fact]
    public async Task A_damaged_event_is_named_once_however_often_its_entity_cannot_be_told()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var meter = new Meter("flux.tests.quarantine");
        var (reports, time, log) = (new DamageReports(), new FakeTimeProvider(), new LogLines<QuarantineService>());
        var grains = new EntityGrains(DispatchProxy.Create<IGrainFactory, UnreachableGrains>());
        using var service = new QuarantineService(reports, new EmptyReadModel(), grains, new QuarantineInstruments(meter), time, log);
        reports.Report("plant/pump", new EntityDamage(new Position(7), Version: 3, "is missing"));

        await service.StartAsync(cancellation);
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        var begun = TimeProvider.System.GetTimestamp();
        while (log.Count(LogLevel.Warning) < 3)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(begun) < ServerFixture.Guard, $"tried {log.Count(LogLevel.Warning)} times only");
            await pace.WaitForNextTickAsync(cancellation);
            time.Advance(TimeSpan.FromSeconds(1));
        }

        await service.StopAsync(cancellation);
        Assert.Equal(1, log.Count(LogLevel.Error));
    }
}
