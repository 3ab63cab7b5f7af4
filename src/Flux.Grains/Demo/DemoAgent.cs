using System.Text.Json.Nodes;
using Flux.Core.Log;

namespace Flux.Grains.Demo;

/// <summary>Somebody of the team: takes a task, the urgent ones first, works on it for some seconds, and says so.</summary>
/// <param name="name">The name.</param>
/// <param name="producer">Where it publishes.</param>
/// <param name="random">How quick it is.</param>
/// <param name="sayAsync">Says something to all: who, what, and the event that led to it.</param>
internal sealed class DemoAgent(string name, DemoProducer producer, Random random, Func<string, string, Position?, Task> sayAsync)
{
    private readonly string _id = IdOf(name);
    private DemoTask? _task;
    private int _percent;
    private int _finished;

    /// <summary>Gives the id of an agent.</summary>
    /// <param name="name">The agent's name.</param>
    public static string IdOf(string name) => $"{DemoWorld.Namespace}/team/{name}";

    /// <summary>Reports for the first time.</summary>
    public Task BeginAsync() => producer.PublishAsync(_id, name, new JsonObject { ["state"] = "idle", ["task"] = null, ["finished"] = 0 });

    /// <summary>Takes a step.</summary>
    /// <param name="tasks">The board.</param>
    public async Task WorkAsync(IReadOnlyCollection<DemoTask> tasks)
    {
        if (_task is not { } task)
        {
            await LookForWorkAsync(tasks);
            return;
        }

        _percent += random.Next(5, 20);
        if (_percent < 100)
        {
            await task.ReportAsync(name, _percent);
            return;
        }

        var done = await task.FinishAsync(name);
        (_task, _percent) = (null, 0);
        await producer.PublishAsync(_id, name, new JsonObject { ["state"] = "idle", ["task"] = null, ["finished"] = ++_finished }, done);
        await sayAsync(name, $"Done: {task.Title}", done);
    }

    private async Task LookForWorkAsync(IReadOnlyCollection<DemoTask> tasks)
    {
        if (tasks.Where(task => task.IsOpen).OrderByDescending(task => task.IsUrgent).FirstOrDefault() is { } task && await task.TakeAsync(name) is { } taken)
        {
            _task = task;
            await producer.PublishAsync(_id, name, new JsonObject { ["state"] = "working", ["task"] = task.Title }, taken);
        }
    }
}
