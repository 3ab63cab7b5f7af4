using System.Buffers;
using System.Text;
using System.Text.Json;
using CsCheck;
using Flux.Core.Log;
using Flux.Core.Subscriptions;
using Flux.Server.Subscriptions.V2;

namespace Flux.Server.Tests.Subscriptions.V2;

public sealed class ConflationTests
{
    private static readonly Guid Epoch = Guid.NewGuid();

    private static readonly Gen<(int Id, int What, int Value)[]> Writes =
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 7], Gen.Int[0, 10]).Array[0, 40];

    [Fact]
    public void What_comes_out_is_what_went_in_merged_by_entity() => Gen.Select(Writes, Gen.Int[0, 40], Gen.Int[-1, ModelPredicate.All.Count - 1]).Sample(
        (writes, skipped, predicate) =>
        {
            var where = predicate < 0 ? null : ModelPredicate.All[predicate];
            var (events, changes) = Play(writes, where);
            var stretch = changes.Where(change => change.Recorded.Position.Value > skipped).ToList();
            var conflation = new Conflation(Epoch);

            var frames = Conflate(conflation, stretch, from: skipped + 1, to: events[^1]);

            var receipt = frames[^1];
            Assert.Equal(ModelChange.Merge(stretch), frames[..^1].Select(Shown));
            Assert.All(frames[..^1], frame => Assert.False(frame.TryGetProperty("cursor", out var _)));
            Assert.Equal(["count", "cursor", "from", "position", "sub", "to", "type"], receipt.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal));
            Assert.Equal("skipped", receipt.GetProperty("type").GetString());
            Assert.Equal(skipped + 1, receipt.GetProperty("from").GetInt64());
            Assert.Equal(events.Count, receipt.GetProperty("to").GetInt64());
            Assert.Equal(stretch.Count - frames.Count + 1, receipt.GetProperty("count").GetInt64());
            Assert.Equal(Cursor.Behind(Epoch, events[^1]).ToString(), receipt.GetProperty("cursor").GetString());
            Assert.True(conflation.IsEmpty);
            Assert.Equal(0, conflation.Bytes);
        });

    [Fact]
    public void Who_has_the_state_before_has_the_state_after() => Gen.Select(Writes, Gen.Int[0, 40], Gen.Int[0, 2]).Sample(
        (writes, skipped, predicate) =>
        {
            var where = ModelPredicate.All[predicate];
            var (events, changes) = Play(writes, where);
            var view = StateAt(events.Take(skipped), where);
            var frames = Conflate(new Conflation(Epoch), changes.Where(change => change.Recorded.Position.Value > skipped), skipped + 1, events[^1]);
            foreach (var frame in frames[..^1])
            {
                var id = frame.GetProperty("entity_id").GetString()!;
                switch (frame.GetProperty("type").GetString())
                {
                    case "enter":
                        view[id] = Properties(frame);
                        break;
                    case "change":
                        foreach (var (name, value) in Properties(frame))
                        {
                            view[id][name] = value;
                        }

                        break;
                    default:
                        Assert.True(view.Remove(id), "what was never there is gone");
                        break;
                }
            }

            Assert.Equivalent(StateAt(events, where), view, strict: true);
        });

    [Fact]
    public void It_can_be_used_again_after_a_clear()
    {
        var history = new MemoryHistory();
        var conflation = new Conflation(Epoch);
        conflation.Take(new JudgedChange(history.Add("a", """{"n":1}""")), ChangeKind.Change);
        Assert.False(conflation.IsEmpty);
        Assert.True(conflation.Bytes > 0);

        conflation.Clear();
        Assert.True(conflation.IsEmpty);
        Assert.Equal(0, conflation.Bytes);
        conflation.Take(new JudgedChange(history.Add("b", """{"n":2}""")), ChangeKind.Change);

        var frames = Flush(conflation, from: 2, history.Events[^1]);
        Assert.Equal("b", frames[0].GetProperty("entity_id").GetString());
        Assert.Equal(0, frames[1].GetProperty("count").GetInt64());
    }

    [Fact]
    public void The_same_property_over_and_over_takes_no_more_memory()
    {
        var history = new MemoryHistory();
        var conflation = new Conflation(Epoch);
        conflation.Take(new JudgedChange(history.Add("a", """{"n":1000}""")), ChangeKind.Change);
        var bytes = conflation.Bytes;
        for (var i = 0; i < 1000; i++)
        {
            conflation.Take(new JudgedChange(history.Add("a", $$"""{"n":{{1000 + i}}}""")), ChangeKind.Change);
        }

        Assert.Equal(bytes, conflation.Bytes);
        var frames = Flush(conflation, from: 1, history.Events[^1]);
        Assert.Equal(1999, frames[0].GetProperty("properties").GetProperty("n").GetInt32());
        Assert.Equal(1000, frames[1].GetProperty("count").GetInt64());
    }

    private static (IReadOnlyList<RecordedEvent> Events, List<ModelChange> Changes) Play((int Id, int What, int Value)[] writes, ModelPredicate? where)
    {
        var history = new MemoryHistory();
        foreach (var (id, what, value) in writes)
        {
            _ = what switch
            {
                0 => history.Delete($"a/{id}"),
                1 => history.Add($"a/{id}", $$"""{"t":{{value}}}"""),
                2 => history.Add($"b/{id}", $$"""{"n":{{value}},"t":{{value}}}"""),
                _ => history.Add($"a/{id}", $$"""{"n":{{value}}}"""),
            };
        }

        while (history.Events.Count <= 40)
        {
            history.Add("c", """{"n":6}""");
        }

        return (history.Events, ModelChange.Of(history.Events, static _ => true, where).Changes);
    }

    private static Dictionary<string, Dictionary<string, string>> StateAt(IEnumerable<RecordedEvent> events, ModelPredicate where) =>
        ModelChange.Of(events, static _ => true, where).States
            .Where(state => state.Value.Count > 0 && where.OfState!(state.Key, state.Value))
            .ToDictionary(state => state.Key, state => state.Value.ToDictionary(property => property.Key, property => Encoding.UTF8.GetString(property.Value)));

    private static Dictionary<string, string> Properties(JsonElement frame) =>
        frame.GetProperty("properties").EnumerateObject().ToDictionary(property => property.Name, property => property.Value.GetRawText());

    private static (string Type, long Position, string Id, string? Properties) Shown(JsonElement frame) => (
        frame.GetProperty("type").GetString()!,
        frame.GetProperty("position").GetInt64(),
        frame.GetProperty("entity_id").GetString()!,
        frame.TryGetProperty("properties", out var properties)
            ? ModelChange.Text(Flux.Core.Entities.EntityState.ReadProperties(Encoding.UTF8.GetBytes(properties.GetRawText())))
            : null);

    private static List<JsonElement> Conflate(Conflation conflation, IEnumerable<ModelChange> stretch, long from, RecordedEvent to)
    {
        foreach (var change in stretch)
        {
            conflation.Take(new JudgedChange(change.Recorded, View: null, Before: null, change.After), change.Type switch
            {
                "change" => ChangeKind.Change,
                "enter" => ChangeKind.Enter,
                "leave" => ChangeKind.Leave,
                _ => ChangeKind.Deleted,
            });
        }

        return Flush(conflation, from, to);
    }

    private static List<JsonElement> Flush(Conflation conflation, long from, RecordedEvent to)
    {
        var output = new ArrayBufferWriter<byte>();
        conflation.Flush(output, new FrameVariant("s"), new Position(from), Cursor.Behind(Epoch, to));
        return Frames.Read(output.WrittenSpan);
    }
}
