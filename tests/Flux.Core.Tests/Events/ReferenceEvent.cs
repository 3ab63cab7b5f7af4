using System.Text;
using Flux.Core.Events;

namespace Flux.Core.Tests.Events;

/// <summary>What was read of an event, to be compared.</summary>
internal sealed record ReferenceEvent(
    string? EventId, string Stream, string Source, long? Timestamp, string? Key, string? Schema, string Payload, string? EntityId, bool IsDeletion, string Properties)
{
    public static ReferenceEvent Of(EventData data) => new(
        data.EventIdIsGiven ? data.EventId : null,
        data.Stream,
        data.Source,
        data.TimestampIsGiven ? data.Timestamp : null,
        data.Key,
        data.Schema,
        Encoding.UTF8.GetString(data.Payload.Json.Span),
        data.Entity?.Id,
        data.Payload.Change.IsDeletion,
        Show(data.Payload.Change.Properties.ToArray().Select(p => (p.Name, Encoding.UTF8.GetString(p.Value.Span)))));

    public static string Show(IEnumerable<(string Name, string Value)> properties) => string.Join('\n', properties.Select(p => $"{p.Name}\t{p.Value}"));
}
