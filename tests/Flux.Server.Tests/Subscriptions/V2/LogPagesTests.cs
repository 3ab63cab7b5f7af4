using Flux.Core.Log;
using Flux.Server.Subscriptions.V2;

namespace Flux.Server.Tests.Subscriptions.V2;

public sealed class LogPagesTests
{
    private const int Entities = 40;

    private readonly MemoryHistory _history = new();
    private readonly MemoryEventLog _log = new();
    private readonly MemoryReadModel _readModel;
    private readonly LogPages _pages;

    public LogPagesTests()
    {
        _readModel = new MemoryReadModel(_log, rowsAtOnce: 1);
        _pages = new LogPages(_log, _readModel);
        for (var i = 0; i < Entities * 40; i++)
        {
            _log.Add([_history.Add($"e{i % Entities}", $$"""{"p{{i % 3}}":{{i}}}""")]);
        }
    }

    [Fact]
    public async Task Who_reads_on_takes_the_states_along()
    {
        var changes = await CompleteAsync(after: 512, pages: 4);

        Assert.Equal(Entities, _readModel.Loads);
        Assert.Equal(512 + 1, changes[0].Recorded.Position.Value);
        Assert.Equal(4 * LogPages.Size, changes.Count);
        foreach (var change in changes)
        {
            var own = _history.Events.Where(recorded => recorded.Data.Payload.EntityId == change.Recorded.Data.Payload.EntityId);
            var (_, after) = ModelChange.Of(own.TakeWhile(recorded => recorded.Position <= change.Recorded.Position), static _ => true, where: null);
            Assert.Equal(ModelChange.Text(after.Values.Single()), ModelChange.Text(change.After!));
        }
    }

    [Fact]
    public async Task Readers_at_different_places_do_not_take_each_others_states()
    {
        for (var page = 0; page < 3; page++)
        {
            await CompleteAsync(after: 256 + (page * LogPages.Size), pages: 1);
            await CompleteAsync(after: 1024 + (page / 2 * LogPages.Size), pages: 1); // one that stands still for a page, which is shared
        }

        Assert.Equal(2 * Entities, _readModel.Loads);
    }

    private async Task<List<JudgedChange>> CompleteAsync(long after, int pages)
    {
        var changes = new List<JudgedChange>();
        var head = _history.Events[^1].Position;
        for (var at = new Position(after); pages > 0; pages--)
        {
            var page = await _pages.ReadAsync(at, head, TestContext.Current.CancellationToken);
            changes.AddRange(await page.CompleteAsync(TestContext.Current.CancellationToken));
            at = page.Last;
        }

        return changes;
    }
}
