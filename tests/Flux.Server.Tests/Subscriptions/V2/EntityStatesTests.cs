using Flux.Core.Log;
using Flux.Server.Subscriptions.V2;

namespace Flux.Server.Tests.Subscriptions.V2;

public sealed class EntityStatesTests
{
    private readonly MemoryHistory _history = new();
    private readonly MemoryEventLog _log = new();

    [Fact]
    public async Task Who_begins_to_want_an_entity_while_states_are_read_changes_nothing_for_the_batch_at_hand()
    {
        RecordedEvent[] events = [_history.Add("a", """{"n":1}"""), _history.Add("b", """{"n":2}"""), _history.Add("a", """{"n":3}""")];
        _log.Add(events);
        var states = new EntityStates(new MemoryReadModel(_log, rowsAtOnce: 1), maxBytes: 1_000_000);
        var questions = 0;

        var changes = await states.CompleteAsync(events, id => ++questions > 2 || id == "b", CancellationToken.None);

        Assert.Equal([false, true, false], changes.Select(change => change.View is not null));
    }

    [Fact]
    public async Task What_was_not_wanted_for_a_while_is_read_as_of_the_version_that_is_wanted_next()
    {
        RecordedEvent[] events = [_history.Add("a", """{"n":1}"""), _history.Add("a", """{"m":2}"""), _history.Add("a", """{"n":3}""")];
        _log.Add(events);
        var states = new EntityStates(new MemoryReadModel(_log, rowsAtOnce: 1), maxBytes: 1_000_000);

        await states.CompleteAsync(events[..1], static _ => true, CancellationToken.None);
        await states.CompleteAsync(events[1..2], static _ => false, CancellationToken.None);
        var changes = await states.CompleteAsync(events[2..], static _ => true, CancellationToken.None);

        Assert.Equal("""{"m":2,"n":1}""", ModelChange.Text(changes[0].Before!));
        Assert.Equal("""{"m":2,"n":3}""", ModelChange.Text(changes[0].After!));
    }

    [Fact]
    public async Task With_hardly_any_memory_the_states_are_right_all_the_same()
    {
        for (var i = 0; i < 200; i++)
        {
            _log.Add([_history.Add($"e{i % 7}", $$"""{"p{{i % 3}}":{{i}}}""")]);
        }

        var states = new EntityStates(new MemoryReadModel(_log, rowsAtOnce: 1), maxBytes: 1);
        foreach (var batch in _history.Events.Chunk(20))
        {
            foreach (var change in await states.CompleteAsync(batch, static _ => true, CancellationToken.None))
            {
                var own = _history.Events.Where(recorded => recorded.Data.Payload.EntityId == change.Recorded.Data.Payload.EntityId).ToList();
                var (_, after) = ModelChange.Of(own.TakeWhile(recorded => recorded.Position <= change.Recorded.Position), static _ => true, where: null);
                Assert.Equal(ModelChange.Text(after.Values.Single()), ModelChange.Text(change.After!));
            }
        }
    }
}
