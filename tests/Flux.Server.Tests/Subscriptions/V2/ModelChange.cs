using System.Buffers;
using System.Text;
using Flux.Core.Entities;
using Flux.Core.Log;

namespace Flux.Server.Tests.Subscriptions.V2;

/// <summary>What a change is to one subscription.</summary>
/// <param name="Type">The type of its frame.</param>
/// <param name="Recorded">The event.</param>
/// <param name="After">The state after it.</param>
internal sealed record ModelChange(string Type, RecordedEvent Recorded, PropertyMap After)
{
    public string Id => Recorded.Data.Payload.EntityId!;

    /// <summary>Folds a log and says what its changes are to a subscription.</summary>
    /// <param name="events">The log from its first event on.</param>
    /// <param name="isInScope">Which entities.</param>
    /// <param name="where">Which changes; null for all.</param>
    /// <returns>The changes behind every position, and the states at the end.</returns>
    public static (List<ModelChange> Changes, Dictionary<string, PropertyMap> States) Of(
        IEnumerable<RecordedEvent> events, Func<string, bool> isInScope, ModelPredicate? where)
    {
        var changes = new List<ModelChange>();
        var states = new Dictionary<string, PropertyMap>(StringComparer.Ordinal);
        foreach (var recorded in events)
        {
            var id = recorded.Data.Payload.EntityId!;
            if (!recorded.IsApplied || id.StartsWith('$') || !isInScope(id))
            {
                continue;
            }

            var change = recorded.Data.Payload.Change;
            var before = states.GetValueOrDefault(id, PropertyMap.Empty);
            var after = change.IsDeletion ? PropertyMap.Empty : before.Set(change.Properties);
            states[id] = after;
            var plain = change.IsDeletion ? "entity_deleted" : "change";
            var type = where switch
            {
                null => plain,
                { OfChange: { } judges } => judges(recorded, before, after) ? plain : null,
                { OfState: { } matches } => (before.Count > 0 && matches(id, before), after.Count > 0 && matches(id, after)) switch
                {
                    (true, true) => "change",
                    (false, true) => "enter",
                    (true, false) => change.IsDeletion ? "entity_deleted" : "leave",
                    _ => null,
                },
                _ => throw new InvalidOperationException("a predicate judges states or changes"),
            };
            if (type is not null)
            {
                changes.Add(new ModelChange(type, recorded, after));
            }
        }

        return (changes, states);
    }

    /// <summary>Merges the changes of a stretch as a slow subscription gets them: those of one entity become one, after its deletion.</summary>
    public static List<(string Type, long Position, string Id, string? Properties)> Merge(IEnumerable<ModelChange> stretch)
    {
        var merged = new List<(string Type, long Position, string Id, string? Properties)>();
        foreach (var ofEntity in stretch.GroupBy(change => change.Id, StringComparer.Ordinal).Select(group => group.ToList()))
        {
            var wasThere = ofEntity[0].Type != "enter";
            var deletion = ofEntity.FindLastIndex(change => change.Type == "entity_deleted");
            if (deletion >= 0 && wasThere)
            {
                merged.Add(("entity_deleted", ofEntity[deletion].Recorded.Position.Value, ofEntity[0].Id, null));
            }

            var rest = ofEntity[(deletion + 1)..];
            if (rest.Count == 0 || (rest[^1].Type == "leave" && (!wasThere || deletion >= 0)))
            {
                continue;
            }

            var last = rest[^1];
            var type = last.Type == "leave" ? "leave" : rest.Exists(change => change.Type == "enter") ? "enter" : "change";
            merged.Add((type, last.Recorded.Position.Value, last.Id, type switch
            {
                "leave" => null,
                "enter" => Text(last.After),
                _ => Text(rest.Aggregate(PropertyMap.Empty, (all, change) => all.Set(change.Recorded.Data.Payload.Change.Properties))),
            }));
        }

        return [.. merged.OrderBy(frame => frame.Position)];
    }

    /// <summary>Gives what its own frame says.</summary>
    public (string Type, long Position, string Id, string? Properties) ToFrame() => (Type, Recorded.Position.Value, Id, Type switch
    {
        "change" => Text(PropertyMap.Empty.Set(Recorded.Data.Payload.Change.Properties)),
        "enter" => Text(After),
        _ => null,
    });

    public static string Text(PropertyMap properties)
    {
        var text = new ArrayBufferWriter<byte>();
        properties.WriteTo(text);
        return Encoding.UTF8.GetString(text.WrittenSpan);
    }
}
