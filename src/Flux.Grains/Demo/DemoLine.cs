using System.Text.Json.Nodes;
using Flux.Core.Log;

namespace Flux.Grains.Demo;

/// <summary>
/// A production line with two robots. Now and then a robot runs hot; that raises the alarm, the alarm slows the line down, and only when somebody
/// has cooled the robot it runs as before. Each of these events names the one that led to it.
/// </summary>
/// <param name="number">Its number.</param>
/// <param name="producer">Where its machines publish.</param>
/// <param name="random">What they cannot foresee.</param>
/// <param name="onFaultAsync">Calls for help.</param>
internal sealed class DemoLine(int number, DemoProducer producer, Random random, Func<DemoFault, Task> onFaultAsync)
{
    private const int Robots = 2;
    private const double UsualCelsius = 52;
    private const double AlarmCelsius = 85;
    private const double FaultChance = 0.01; // in half a second: an alarm on one of three lines about every 20 seconds
    private const int FullSpeed = 60;        // pieces a minute
    private const int SlowSpeed = 20;

    private readonly double[] _celsius = [.. Enumerable.Repeat(UsualCelsius, Robots)];
    private readonly int[] _cycles = new int[Robots];
    private int _look;
    private int _pieces;
    private int _speed = FullSpeed;
    private int? _hotRobot; // the one that runs hot; null when none does
    private bool _isAlarmed;

    /// <summary>Gets how much power it uses.</summary>
    public double Kilowatts => 4 + (_speed * 0.3) + random.NextDouble();

    private string Id => IdOf(number);

    private string Alarm => $"{Id}/alarm";

    private string Belt => $"{Id}/belt";

    /// <summary>Gives the ids of a line's entities.</summary>
    /// <param name="number">The number of the line.</param>
    public static IEnumerable<string> IdsOf(int number) =>
        [IdOf(number), $"{IdOf(number)}/alarm", $"{IdOf(number)}/belt", .. Enumerable.Range(0, Robots).Select(robot => RobotOf(IdOf(number), robot))];

    /// <summary>Has its machines report for the first time.</summary>
    public Task BeginAsync() => Task.WhenAll(
    [
        producer.PublishAsync(Id, "line", new JsonObject { ["state"] = "running", ["speed"] = _speed, ["pieces"] = _pieces }),
        producer.PublishAsync(Alarm, "alarm", new JsonObject { ["active"] = false }),
        ReportBeltAsync(),
        .. Enumerable.Range(0, Robots).Select(ReportRobotAsync),
    ]);

    /// <summary>Lets half a second pass.</summary>
    public async Task WorkAsync()
    {
        _look++;
        if (_hotRobot is null && random.NextDouble() < FaultChance)
        {
            _hotRobot = random.Next(Robots);
        }

        var robot = _look % Robots;
        var reported = await WorkRobotAsync(robot);
        if (_look % 3 == 0)
        {
            await ReportBeltAsync();
        }

        if (_look % 4 == 0)
        {
            _pieces += Math.Max(1, _speed / 30);
            await producer.PublishAsync(Id, "line", new JsonObject { ["pieces"] = _pieces });
        }

        if (!_isAlarmed && _celsius[robot] >= AlarmCelsius)
        {
            await RaiseAlarmAsync(robot, reported);
        }
    }

    private static string IdOf(int number) => $"{DemoWorld.Namespace}/plant/line-{number}";

    private static string RobotOf(string line, int robot) => $"{line}/robot-{robot + 1}";

    private Task<Position?> WorkRobotAsync(int robot)
    {
        var goal = robot == _hotRobot ? AlarmCelsius + 8 : UsualCelsius;
        _celsius[robot] += ((goal - _celsius[robot]) * 0.2) + (random.NextDouble() * 2) - 1;
        _cycles[robot] += _speed / 20;
        return ReportRobotAsync(robot);
    }

    private Task<Position?> ReportRobotAsync(int robot) => producer.PublishAsync(RobotOf(Id, robot), "robot", new JsonObject
    {
        ["celsius"] = Math.Round(_celsius[robot], 1),
        ["cycles"] = _cycles[robot],
        ["state"] = _celsius[robot] >= AlarmCelsius ? "hot" : "working",
    });

    private Task<Position?> ReportBeltAsync() => producer.PublishAsync(Belt, "belt", new JsonObject
    {
        ["meters_per_minute"] = Math.Round((_speed / 5.0) + (random.NextDouble() * 0.2), 2),
        ["vibration"] = Math.Round(0.4 + (random.NextDouble() * 0.3), 2),
    });

    private async Task RaiseAlarmAsync(int robot, Position? reported)
    {
        var alarm = await producer.PublishAsync(Alarm, "alarm", new JsonObject { ["active"] = true, ["reason"] = $"robot {robot + 1} is hot" }, reported);
        _speed = SlowSpeed;
        await producer.PublishAsync(Id, "line", new JsonObject { ["state"] = "slowed down", ["speed"] = _speed }, alarm);
        _isAlarmed = true;
        await onFaultAsync(new DemoFault($"Cool robot {robot + 1} of line {number}", alarm, RepairAsync));
    }

    private async Task RepairAsync(Position? done)
    {
        (_hotRobot, _isAlarmed, _speed) = (null, false, FullSpeed);
        var off = await producer.PublishAsync(Alarm, "alarm", new JsonObject { ["active"] = false, ["reason"] = null }, done);
        await producer.PublishAsync(Id, "line", new JsonObject { ["state"] = "running", ["speed"] = _speed }, off);
    }
}
