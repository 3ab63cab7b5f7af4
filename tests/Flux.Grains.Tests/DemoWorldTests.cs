using System.Diagnostics.Metrics;
using System.Text;
using Flux.Core.Events;
using Flux.Core.Log;
using Flux.EventLog;
using Flux.Grains.Demo;
using Flux.Grains.Entities;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Flux.Grains.Tests;

/// <summary>What happens in the demo world, with chance that is the same each time.</summary>
public sealed class DemoWorldTests(Silo silo) : IClassFixture<Silo>, IAsyncLifetime
{
    private const int Looks = 240; // two minutes of the demo

    private readonly ScriptedEventLog _log = new();
    private LogWriter _writer = null!;

    public ValueTask InitializeAsync()
    {
        _writer = new LogWriter(
            _log, [], new OpenGate(), Options.Create(new LogWriterOptions()), new LogInstruments(new Meter("tests")), TimeProvider.System, NullLogger<LogWriter>.Instance);
        _writer.Start();
        silo.Use(_writer, _log);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync() => await _writer.StopAsync(CancellationToken.None);

    [Fact]
    public async Task A_robot_that_runs_hot_raises_an_alarm_and_somebody_cools_it_each_event_naming_its_cause()
    {
        var world = new DemoWorld(new DemoProducer(new EntityGrains(silo.Grains), new EventIds(TimeProvider.System), TimeProvider.System), new Random(5));
        await world.BeginAsync();
        for (var look = 0; look < Looks; look++)
        {
            await world.LiveAsync();
        }

        var recorded = _log.Recorded.ToDictionary(each => each.Position);
        var repaired = recorded.Values.Last(each => Text(each).Contains("\"state\":\"running\"", StringComparison.Ordinal) && each.Cause is not null);
        var chain = new List<string>();
        for (var each = repaired; ; each = recorded[each.Cause!.Value])
        {
            chain.Add(Text(each));
            if (each.Cause is null)
            {
                break;
            }
        }

        Assert.Collection(
            chain,
            line => Assert.Contains("/plant/line-", line, StringComparison.Ordinal),
            alarm => Assert.Contains("\"active\":false", alarm, StringComparison.Ordinal),
            task => Assert.Contains("\"state\":\"done\"", task, StringComparison.Ordinal),
            task => Assert.Contains("\"title\":\"Cool robot ", task, StringComparison.Ordinal),
            alarm => Assert.Contains("\"active\":true", alarm, StringComparison.Ordinal),
            robot => Assert.Contains("\"state\":\"hot\"", robot, StringComparison.Ordinal));
        Assert.Contains(recorded.Values, each => Text(each).Contains("$claim", StringComparison.Ordinal));
        Assert.All(recorded.Values, each => Assert.True(DemoWorld.Owns(each.Data.Payload.EntityId!), each.Data.Payload.EntityId));
        Assert.InRange(recorded.Count / (Looks / 2.0), 10, 20); // events a second
    }

    private static string Text(RecordedEvent recorded) => Encoding.UTF8.GetString(recorded.Data.Payload.Json.Span);
}
