using Flux.Grains.Work;
using Microsoft.Extensions.Time.Testing;

namespace Flux.Grains.Tests;

/// <summary>The board of long work.</summary>
public sealed class WorkGrainTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly WorkGrain _board;

    public WorkGrainTests() => _board = new WorkGrain(_time);

    [Fact]
    public async Task There_is_one_of_a_kind_at_a_time()
    {
        Assert.True(await _board.BeginAsync(Item("a", "verify")));
        Assert.True(await _board.BeginAsync(Item("b", "export")));
        Assert.False(await _board.BeginAsync(Item("c", "verify")));

        Assert.True(await _board.ReportAsync(Item("a", "verify") with { State = WorkState.Done }));

        Assert.True(await _board.BeginAsync(Item("d", "verify")));
        Assert.Equal(["d", "b", "a"], (await _board.ListAsync()).Select(item => item.Id));
    }

    [Fact]
    public async Task Who_reports_on_what_was_called_off_is_told_to_stop()
    {
        await _board.BeginAsync(Item("a", "verify"));
        Assert.True(await _board.ReportAsync(Item("a", "verify") with { Done = 1 }));

        Assert.True(await _board.CancelAsync("a"));

        Assert.False(await _board.ReportAsync(Item("a", "verify") with { Done = 2 }));
        Assert.Equal(WorkState.Cancelled, Assert.Single(await _board.ListAsync()).State);
        Assert.False(await _board.CancelAsync("a"));
    }

    [Fact]
    public async Task What_nobody_tells_of_any_more_is_lost_and_holds_nobody_up()
    {
        await _board.BeginAsync(Item("a", "verify"));
        _time.Advance(TimeSpan.FromSeconds(16));

        Assert.True(await _board.BeginAsync(Item("b", "verify")));
        Assert.Equal([WorkState.Running, WorkState.Lost], (await _board.ListAsync()).Select(item => item.State));
    }

    [Fact]
    public async Task The_clock_of_who_asks_for_work_says_nothing_about_how_long_it_waits()
    {
        await _board.BeginAsync(Waiting("a") with { HeardAt = _time.GetUtcNow() - TimeSpan.FromMinutes(10) });

        Assert.Equal(WorkState.Running, (await _board.ClaimAsync("a", "key of a"))!.State);
    }

    [Fact]
    public async Task What_waits_begins_with_its_key_once_and_not_after_a_minute()
    {
        await _board.BeginAsync(Waiting("a"));
        Assert.Null(await _board.ClaimAsync("a", "guess"));
        Assert.Equal(WorkState.Running, (await _board.ClaimAsync("a", "key of a"))!.State);
        Assert.Null(await _board.ClaimAsync("a", "key of a"));
        await _board.CancelAsync("a");
        await _board.BeginAsync(Waiting("b"));

        _time.Advance(TimeSpan.FromSeconds(61));

        Assert.Null(await _board.ClaimAsync("b", "key of b"));
        Assert.Equal(WorkState.Cancelled, (await _board.ListAsync())[0].State);
    }

    [Fact]
    public async Task A_new_board_learns_of_work_from_its_reports_and_an_old_one_keeps_the_last_twenty()
    {
        Assert.True(await _board.ReportAsync(Item("known again", "verify")));
        Assert.False(await _board.BeginAsync(Item("a", "verify")));

        for (var i = 0; i < 30; i++)
        {
            await _board.BeginAsync(Item($"{i}", "export"));
            await _board.ReportAsync(Item($"{i}", "export") with { State = WorkState.Done });
        }

        var items = await _board.ListAsync();
        Assert.Equal(20, items.Length);
        Assert.Contains(items, item => item.Id == "known again");
        Assert.Equal("29", items[0].Id);
    }

    private WorkItem Item(string id, string kind) => new()
    {
        Id = id,
        Kind = kind,
        Subject = string.Empty,
        State = WorkState.Running,
        StartedAt = _time.GetUtcNow(),
        HeardAt = _time.GetUtcNow(),
    };

    private WorkItem Waiting(string id) => Item(id, "export") with { State = WorkState.Waiting, Key = $"key of {id}" };
}
