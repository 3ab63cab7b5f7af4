using System.Text.Json;

namespace Flux.Core.Events;

/// <summary>What the engine reads out of a payload: <c>entity_id</c> and <c>properties</c>. Of repeated members the last wins.</summary>
internal sealed record PayloadContent(string? EntityId, EntityChange Change)
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = EventLimits.MaxDepth + 8 };

    /// <summary>Reads a payload that was validated when it came in.</summary>
    public static PayloadContent Read(byte[] json)
    {
        var reader = new Utf8JsonReader(json, Options);
        reader.Read();
        var scan = PayloadScan.Read(ref reader);
        return scan.ToContent(json, start: 0);
    }
}
