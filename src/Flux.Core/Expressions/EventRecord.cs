using Flux.Core.Log;

namespace Flux.Core.Expressions;

/// <summary>The variable <c>event</c>: a recorded event with its members.</summary>
internal sealed class EventRecord(RecordedEvent recorded) : CelRecord
{
    public static readonly CelType Declaration = CelType.Record(
        "flux.Event",
        ("id", CelType.String),
        ("stream", CelType.String),
        ("source", CelType.String),
        ("key", CelType.String),
        ("schema", CelType.String),
        ("timestamp", CelType.Timestamp),
        ("recorded", CelType.Timestamp),
        ("position", CelType.Int),
        ("version", CelType.Int),
        ("payload", CelType.Dyn));

    // Decoded when first asked for. Two threads may both do it: the results are equal, and a reference is written whole.
    private CelMap? _payload;

    public override CelType Type => Declaration;

    public override CelValue Get(int index) => index switch
    {
        0 => CelValue.Of(recorded.Data.EventId),
        1 => CelValue.Of(recorded.Data.Stream),
        2 => CelValue.Of(recorded.Data.Source),
        3 => CelValue.Of(recorded.Data.Key ?? string.Empty),
        4 => CelValue.Of(recorded.Data.Schema ?? string.Empty),
        5 => CelTime.FromUnixMilliseconds(recorded.Data.Timestamp),
        6 => CelTime.From(recorded.RecordedAt),
        7 => CelValue.Of(recorded.Position.Value),
        8 => CelValue.Of(recorded.Version),
        _ => CelValue.Of(_payload ??= CelJson.Read(recorded.Data.Payload.Json.Span).Map),
    };

    internal override int CostOf(int index) => index == 9 ? recorded.Data.Payload.Json.Length / ExpressionLimits.CharactersPerStep : 0;
}
