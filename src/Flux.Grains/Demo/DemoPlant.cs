using System.Text.Json.Nodes;
using Flux.Core.Log;

namespace Flux.Grains.Demo;

/// <summary>Three production lines, three tanks, and the meter for the power that they use.</summary>
internal sealed class DemoPlant
{
    private const string Meter = $"{DemoWorld.Namespace}/plant/power";
    private const int Lines = 3;
    private const int Tanks = 3;
    private const int LooksBetweenReadings = 4; // the meter is read every two seconds

    private readonly DemoProducer _producer;
    private readonly DemoLine[] _lines;
    private readonly DemoTank[] _tanks;
    private int _look;

    public DemoPlant(DemoProducer producer, Random random, Func<DemoFault, Task> onFaultAsync)
    {
        _producer = producer;
        _lines = [.. Enumerable.Range(1, Lines).Select(number => new DemoLine(number, producer, random, onFaultAsync))];
        _tanks = [.. Enumerable.Range(1, Tanks).Select(number => new DemoTank(number, producer, random))];
    }

    /// <summary>Gets the ids of its entities.</summary>
    public static IEnumerable<string> Ids =>
        [Meter, .. Enumerable.Range(1, Lines).SelectMany(DemoLine.IdsOf), .. Enumerable.Range(1, Tanks).Select(DemoTank.IdOf)];

    /// <summary>Has every machine report for the first time.</summary>
    public Task BeginAsync() => Task.WhenAll([ReadMeterAsync(), .. _lines.Select(line => line.BeginAsync()), .. _tanks.Select(tank => tank.BeginAsync())]);

    /// <summary>Lets half a second pass.</summary>
    public async Task WorkAsync()
    {
        foreach (var line in _lines)
        {
            await line.WorkAsync();
        }

        await _tanks[_look % Tanks].WorkAsync();
        if (++_look % LooksBetweenReadings == 0)
        {
            await ReadMeterAsync();
        }
    }

    private Task<Position?> ReadMeterAsync() => _producer.PublishAsync(Meter, "meter", new JsonObject { ["kilowatts"] = Math.Round(_lines.Sum(line => line.Kilowatts), 1) });
}
