using System.Text;

namespace Flux.Benchmarks.Load;

/// <summary>The events of all loads as text, split at the two places that change.</summary>
internal static class EventText
{
    /// <summary>The namespace of all entities.</summary>
    public const string Namespace = "bench";

    /// <summary>Entity ids are this and <see cref="EntityDigits"/> digits.</summary>
    public const string EntityPrefix = Namespace + "/e";

    public const int EntityDigits = 7;

    public static string Entity(int number) => EntityPrefix + number.ToString("D7", CultureInfo.InvariantCulture);

    /// <summary>Everything before the digits of the entity.</summary>
    public static string BeforeEntity(TimeProvider clock) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"stream":"bench.load","source":"flux-benchmarks","timestamp":{{clock.GetUtcNow().ToUnixTimeMilliseconds()}},"payload":{"entity_id":"{{EntityPrefix}}""");

    /// <summary>Between the digits of the entity and the 16 digits of the value.</summary>
    public static string BeforeValue(EventShape shape) => shape switch
    {
        EventShape.Reading => "\",\"properties\":{\"temperature\":",
        _ => "\",\"properties\":{\"t\":",
    };

    public static string AfterValue(EventShape shape) => shape switch
    {
        EventShape.Reading => ",\"mode\":\"automatic\",\"online\":true}}}",
        _ => "}}}",
    };

    /// <summary>The head of a publish request; with a token, where the server asks for one.</summary>
    public static string RequestHead(int port, string path, int bodyLength, string? token) => string.Create(
        CultureInfo.InvariantCulture,
        $"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{(token is null ? "" : $"Authorization: Bearer {token}\r\n")}Content-Type: application/json\r\nContent-Length: {bodyLength}\r\n\r\n");

    public static int EventLength(EventShape shape, TimeProvider clock) =>
        Encoding.UTF8.GetByteCount(BeforeEntity(clock) + BeforeValue(shape) + AfterValue(shape)) + EntityDigits + Stamp.Digits;
}
