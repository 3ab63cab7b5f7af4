using System.Text.Json.Nodes;
using Flux.Core.Claims;
using Flux.Core.Log;

namespace Flux.Grains.Demo;

/// <summary>A place on the team's board: a task that is open, claimed by the agent who works on it, or done.</summary>
internal sealed class DemoTask(int number, DemoProducer producer)
{
    private const long ClaimSeconds = 120; // far longer than a task takes: who is lost with it does not keep it for ever

    private readonly string _id = IdOf(number);
    private Func<Position?, Task>? _repairAsync;
    private EntityClaim? _claim;
    private Position? _opened;

    /// <summary>Gets what there is to do.</summary>
    public string Title { get; private set; } = string.Empty;

    /// <summary>Gets a value indicating whether nobody works on it yet.</summary>
    public bool IsOpen => !IsDone && _claim is null;

    /// <summary>Gets a value indicating whether it is done.</summary>
    public bool IsDone { get; private set; } = true;

    /// <summary>Gets a value indicating whether the plant waits for it.</summary>
    public bool IsUrgent => _repairAsync is not null;

    /// <summary>Gives the id of a task.</summary>
    /// <param name="number">Its number.</param>
    public static string IdOf(int number) => $"{DemoWorld.Namespace}/team/task-{number}";

    /// <summary>Puts something there to be done.</summary>
    /// <param name="title">What.</param>
    /// <param name="causedBy">The event that led to it; null for none.</param>
    /// <param name="repairAsync">What to do when it is done, told the event that says so; null for nothing.</param>
    public async Task OpenAsync(string title, Position? causedBy, Func<Position?, Task>? repairAsync)
    {
        (Title, IsDone, _repairAsync) = (title, false, repairAsync);
        _opened = await producer.PublishAsync(
            _id, "board", new JsonObject { ["title"] = title, ["state"] = "open", ["urgent"] = IsUrgent, ["progress"] = 0 }, causedBy);
    }

    /// <summary>Claims it for an agent.</summary>
    /// <param name="agent">Who.</param>
    /// <returns>The event that says that the agent works on it; null when another has it.</returns>
    public async Task<Position?> TakeAsync(string agent)
    {
        if (await producer.ClaimAsync(_id, agent, ClaimSeconds) is not { } claim)
        {
            return null;
        }

        var taken = await producer.PublishAsync(_id, agent, new JsonObject { ["state"] = "claimed" }, _opened);
        _claim = taken is null ? null : claim;
        return taken;
    }

    /// <summary>Says how far it has come.</summary>
    /// <param name="agent">Who works on it.</param>
    /// <param name="percent">How far.</param>
    public Task ReportAsync(string agent, int percent) => producer.PublishAsync(_id, agent, new JsonObject { ["progress"] = percent });

    /// <summary>Says that it is done, and lets the claim go.</summary>
    /// <param name="agent">Who has done it.</param>
    /// <returns>The event that says so.</returns>
    public async Task<Position?> FinishAsync(string agent)
    {
        var done = await producer.PublishAsync(_id, agent, new JsonObject { ["state"] = "done", ["progress"] = 100 }, _opened);
        await producer.ReleaseAsync(_id, _claim!);
        if (_repairAsync is { } repairAsync)
        {
            await repairAsync(done);
        }

        (_claim, _repairAsync, IsDone) = (null, null, true);
        return done;
    }
}
