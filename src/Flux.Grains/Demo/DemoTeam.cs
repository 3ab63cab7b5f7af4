using System.Text.Json.Nodes;
using Flux.Core.Log;

namespace Flux.Grains.Demo;

/// <summary>Four agents with a board of six tasks, and a channel in which they talk.</summary>
internal sealed class DemoTeam
{
    private const string Channel = $"{DemoWorld.Namespace}/team/channel";
    private const int Tasks = 6;
    private const int OpenTasks = 3; // as many wait for somebody at least
    private const int LooksBetweenSteps = 2;

    private static readonly string[] Names = ["ada", "ben", "cleo", "dora"];
    private static readonly string[] Routine =
        ["Count the finished pieces", "Read the log of the night", "Grease the belts", "Order new grippers", "Write the report of the shift", "Compare the tanks with the plan"];

    private readonly DemoProducer _producer;
    private readonly DemoAgent[] _agents;
    private readonly DemoTask[] _tasks;
    private int _look;
    private int _routine;

    public DemoTeam(DemoProducer producer, Random random)
    {
        _producer = producer;
        _tasks = [.. Enumerable.Range(1, Tasks).Select(number => new DemoTask(number, producer))];
        _agents = [.. Names.Select(name => new DemoAgent(name, producer, random, SayAsync))];
    }

    /// <summary>Gets the ids of its entities.</summary>
    public static IEnumerable<string> Ids => [Channel, .. Names.Select(DemoAgent.IdOf), .. Enumerable.Range(1, Tasks).Select(DemoTask.IdOf)];

    /// <summary>Has everybody report for the first time.</summary>
    public Task BeginAsync() => Task.WhenAll(
    [
        SayAsync("ada", "Good morning, everybody", causedBy: null),
        .. _tasks.Select(task => task.OpenAsync(NextRoutine(), causedBy: null, repairAsync: null)),
        .. _agents.Select(agent => agent.BeginAsync()),
    ]);

    /// <summary>Puts something that has gone wrong on the board, in the place of something that can wait.</summary>
    /// <param name="fault">What it is.</param>
    public async Task OnFaultAsync(DemoFault fault)
    {
        // Of six tasks four are worked on at most, and three lines have one fault each: there is a place as soon as somebody is ready.
        var place = Array.Find(_tasks, task => task.IsDone) ?? Array.Find(_tasks, task => task is { IsOpen: true, IsUrgent: false });
        if (place is null)
        {
            await fault.RepairAsync(fault.Alarm);
            return;
        }

        await place.OpenAsync(fault.Title, fault.Alarm, fault.RepairAsync);
    }

    /// <summary>Lets half a second pass.</summary>
    public async Task WorkAsync()
    {
        if (++_look % LooksBetweenSteps != 0)
        {
            return;
        }

        if (_tasks.Count(task => task.IsOpen) < OpenTasks && Array.Find(_tasks, task => task.IsDone) is { } place)
        {
            await place.OpenAsync(NextRoutine(), causedBy: null, repairAsync: null);
        }

        foreach (var agent in _agents)
        {
            await agent.WorkAsync(_tasks);
        }
    }

    private string NextRoutine() => Routine[_routine++ % Routine.Length];

    private Task<Position?> SayAsync(string from, string text, Position? causedBy) =>
        _producer.PublishAsync(Channel, from, new JsonObject { ["from"] = from, ["text"] = text }, causedBy);
}
