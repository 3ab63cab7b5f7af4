namespace Flux.Core.Events;

/// <summary>The producer's payload, byte for byte, and what it means to an entity.</summary>
/// <remarks>What it means is found while the request is parsed, or on first use when the payload comes from the log or another silo.</remarks>
[GenerateSerializer, Immutable, Alias("flux.event-payload")]
public sealed class EventPayload
{
    [Id(0)]
    private readonly byte[] _json;

    // Derived from _json alone, so it never travels; null until someone asks. Two threads may both derive it: the results are equal.
    [NonSerialized]
    private PayloadContent? _content;

    /// <summary>Initializes a new instance of the <see cref="EventPayload"/> class from JSON that was validated before.</summary>
    /// <param name="json">One JSON object in UTF-8. It is kept, not copied: nobody may change it.</param>
    public EventPayload(byte[] json) => _json = json;

    internal EventPayload(byte[] json, PayloadContent content)
    {
        _json = json;
        _content = content;
    }

    /// <summary>Gets the payload as it was sent.</summary>
    public ReadOnlyMemory<byte> Json => _json;

    /// <summary>Gets <c>entity_id</c>; null when it is missing or not a string.</summary>
    public string? EntityId => Content.EntityId;

    /// <summary>Gets what the payload does to that entity.</summary>
    public EntityChange Change => Content.Change;

    private PayloadContent Content => _content ??= PayloadContent.Read(_json);
}
