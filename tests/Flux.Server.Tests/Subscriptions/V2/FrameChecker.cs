using System.Text.Json;
using Flux.Core.Entities;
using Flux.Core.Log;
using Flux.Core.Subscriptions;

namespace Flux.Server.Tests.Subscriptions.V2;

/// <summary>Compares all that one subscription received with what the log says.</summary>
/// <param name="epoch">The log's epoch.</param>
/// <param name="events">The whole log.</param>
/// <param name="isInScope">Which entities were asked for.</param>
/// <param name="where">Which changes; null for all.</param>
/// <param name="frames">What came.</param>
internal sealed class FrameChecker(
    Guid epoch, IReadOnlyList<RecordedEvent> events, Func<string, bool> isInScope, ModelPredicate? where, IReadOnlyList<JsonElement> frames)
{
    private readonly List<ModelChange> _expected = ModelChange.Of(events, isInScope, where).Changes;
    private readonly List<JsonElement> _parts = []; // merged changes that no receipt has accounted for yet
    private readonly Dictionary<string, PropertyMap> _view = new(StringComparer.Ordinal);
    private int _next; // of those expected
    private string? _lastRow;

    /// <summary>Gets up to which position everything was received.</summary>
    public long At { get; private set; }

    /// <summary>Gets a value indicating whether a snapshot is not complete.</summary>
    public bool IsInSnapshot { get; private set; }

    /// <summary>Checks all frames.</summary>
    public void Check()
    {
        for (var i = 0; i < frames.Count; i++)
        {
            try
            {
                Check(frames[i], isFirst: i == 0);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException(
                    $"frame {i} of {frames.Count} is wrong at {At}: {frames[i]}\nafter {string.Join('\n', frames.Take(i).TakeLast(8))}\n{e.Message}", e);
            }
        }
    }

    /// <summary>Checks that nothing is missing up to a position.</summary>
    public void CheckComplete(long position)
    {
        Assert.False(IsInSnapshot);
        Assert.Empty(_parts);
        AssertNothingMissing(position);
    }

    /// <summary>Checks that it was told that nothing is missing up to a position.</summary>
    public void CheckReached(long position) => Assert.True(At >= position, $"only {At} of {position} was reached");

    private static string TypeOf(JsonElement frame) => frame.GetProperty("type").GetString()!;

    private static long PositionOf(JsonElement frame) => frame.GetProperty("position").GetInt64();

    private static (string Type, long Position, string Id, string? Properties) Shown(JsonElement frame) => (
        TypeOf(frame),
        PositionOf(frame),
        frame.GetProperty("entity_id").GetString()!,
        frame.TryGetProperty("properties", out var properties) ? ModelChange.Text(Map(properties)) : null);

    private static PropertyMap Map(JsonElement properties) =>
        EntityState.ReadProperties(System.Text.Encoding.UTF8.GetBytes(properties.GetRawText()));

    private void Check(JsonElement frame, bool isFirst)
    {
        var type = TypeOf(frame);
        Assert.Equal(isFirst, type == "subscribed");
        var hasCursor = frame.TryGetProperty("cursor", out var cursor);
        if (hasCursor)
        {
            Assert.Equal(CursorAt(PositionOf(frame)), cursor.GetString());
        }

        switch (type)
        {
            case "subscribed":
                IsInSnapshot = !hasCursor;
                At = PositionOf(frame);
                _next = _expected.FindIndex(change => change.Recorded.Position.Value > At) is var first && first < 0 ? _expected.Count : first;
                break;
            case "entity":
                CheckRow(frame);
                break;
            case "caught_up":
                CheckPoint(frame);
                break;
            case "progress" when IsInSnapshot:
                Assert.False(hasCursor);
                break;
            case "progress":
                CheckPoint(frame);
                break;
            case "skipped":
                CheckReceipt(frame);
                break;
            default:
                CheckChange(frame, hasCursor);
                break;
        }
    }

    private void CheckRow(JsonElement row)
    {
        Assert.True(IsInSnapshot);
        var id = row.GetProperty("entity_id").GetString()!;
        Assert.True(isInScope(id));
        Assert.True(_lastRow is null || EntityIdOrder.Instance.Compare(_lastRow, id) < 0);
        _lastRow = id;
        _view.Add(id, Map(row.GetProperty("properties")));
    }

    private void CheckChange(JsonElement frame, bool hasCursor)
    {
        if (IsInSnapshot)
        {
            Assert.False(hasCursor);
            Apply(frame);
            return;
        }

        if (!hasCursor)
        {
            _parts.Add(frame);
            return;
        }

        Assert.Empty(_parts);
        Assert.True(_next < _expected.Count, "nothing more was expected");
        Assert.Equal(_expected[_next].ToFrame(), Shown(frame));
        Assert.Equal(_expected[_next].Recorded.Version, frame.GetProperty("version").GetInt64());
        Assert.Equal(_expected[_next].Recorded.Data.EventId, frame.GetProperty("event_id").GetString());
        At = PositionOf(frame);
        _next++;
    }

    private void CheckReceipt(JsonElement receipt)
    {
        Assert.False(IsInSnapshot);
        var (from, to) = (receipt.GetProperty("from").GetInt64(), receipt.GetProperty("to").GetInt64());
        Assert.Equal(to, PositionOf(receipt));
        AssertNothingMissing(from - 1);
        var stretch = _expected.Skip(_next).TakeWhile(change => change.Recorded.Position.Value <= to).ToList();
        Assert.Equal(ModelChange.Merge(stretch), _parts.Select(Shown));
        Assert.Equal(stretch.Count - _parts.Count, receipt.GetProperty("count").GetInt64());
        _next += stretch.Count;
        _parts.Clear();
        At = to;
    }

    private void CheckPoint(JsonElement frame)
    {
        Assert.Empty(_parts);
        var position = PositionOf(frame);
        if (IsInSnapshot)
        {
            IsInSnapshot = false;
            CheckSnapshot(position);
            _next = _expected.TakeWhile(change => change.Recorded.Position.Value <= position).Count();
        }

        AssertNothingMissing(position);
        Assert.True(position >= At);
        At = position;
    }

    private void CheckSnapshot(long position)
    {
        if (where?.OfChange is not null)
        {
            return; // its rows are all that is in scope, and only some of the changes follow
        }

        var states = ModelChange.Of(events.Where(recorded => recorded.Position.Value <= position), isInScope, where).States;
        var wanted = states.Where(state => state.Value.Count > 0 && where?.OfState!(state.Key, state.Value) != false);
        Assert.Equal(
            wanted.Select(state => $"{state.Key} {ModelChange.Text(state.Value)}").Order(StringComparer.Ordinal),
            _view.Select(state => $"{state.Key} {ModelChange.Text(state.Value)}").Order(StringComparer.Ordinal));
    }

    private void Apply(JsonElement frame)
    {
        var id = frame.GetProperty("entity_id").GetString()!;
        Assert.True(isInScope(id));
        switch (TypeOf(frame))
        {
            case "change":
                _view[id] = _view.GetValueOrDefault(id, PropertyMap.Empty).Set(Changes(Map(frame.GetProperty("properties"))));
                break;
            case "enter":
                _view[id] = Map(frame.GetProperty("properties"));
                break;
            default:
                _view.Remove(id);
                break;
        }
    }

    private static Flux.Core.Events.PropertyChange[] Changes(PropertyMap map) =>
        [.. map.Select(property => new Flux.Core.Events.PropertyChange(property.Key, property.Value))];

    private void AssertNothingMissing(long position) => Assert.True(
        _next == _expected.Count || _expected[_next].Recorded.Position.Value > position,
        $"up to {position} something is missing: {(_next < _expected.Count ? _expected[_next].ToFrame() : default)}");

    private string CursorAt(long position) => (position == 0
        ? new Cursor(epoch, Position.Start, RowHash: 0)
        : Cursor.Behind(epoch, events[(int)position - 1])).ToString();
}
