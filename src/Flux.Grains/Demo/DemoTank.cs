using System.Text.Json.Nodes;
using Flux.Core.Log;

namespace Flux.Grains.Demo;

/// <summary>A tank that is emptied all the time. Its valve opens when it is nearly empty, and closes when it is nearly full.</summary>
internal sealed class DemoTank(int number, DemoProducer producer, Random random)
{
    private const double Low = 25;
    private const double High = 90;

    private readonly string _id = IdOf(number);
    private double _percent = 30 + (number * 15);
    private bool _isOpen;

    /// <summary>Gives the id of a tank.</summary>
    /// <param name="number">Its number.</param>
    public static string IdOf(int number) => $"{DemoWorld.Namespace}/plant/tank-{number}";

    /// <summary>Has it report for the first time.</summary>
    public Task BeginAsync() => ReportAsync(new JsonObject { ["valve"] = "closed" });

    /// <summary>Lets the time pass until it reports again.</summary>
    public async Task WorkAsync()
    {
        _percent = Math.Clamp(_percent + (_isOpen ? 4 : -2.5) + random.NextDouble() - 0.5, 0, 100);
        var reported = await ReportAsync([]);
        if (_isOpen ? _percent >= High : _percent <= Low)
        {
            _isOpen = !_isOpen;
            await producer.PublishAsync(_id, "valve", new JsonObject { ["valve"] = _isOpen ? "open" : "closed" }, reported);
        }
    }

    private Task<Position?> ReportAsync(JsonObject properties)
    {
        properties["percent"] = Math.Round(_percent, 1);
        properties["celsius"] = Math.Round(18 + (random.NextDouble() * 1.5), 1);
        return producer.PublishAsync(_id, "tank", properties);
    }
}
