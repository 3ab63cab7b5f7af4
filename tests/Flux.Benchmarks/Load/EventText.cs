using System.Text;

namespace Flux.Benchmarks.Load;

/// <summary>The events of all loads as text, split at the two places that change.</summary>
internal static class EventText
{
    /// <summary>The namespace of all entities, but for <see cref="EventShape.Spread"/>: there its name goes on with a number.</summary>
    public const string Namespace = "bench";

    /// <summary>Entity ids are this and <see cref="EntityDigits"/> digits.</summary>
    public const string EntityPrefix = Namespace + "/e";

    public const int EntityDigits = 7;

    /// <summary>The entities in a namespace of <see cref="EventShape.Spread"/>; two digits count them.</summary>
    public const int NamespaceSize = 100;

    private const int KilobyteLetters = 1024;

    /// <summary>Gets what stands before the value in a frame of a newer socket.</summary>
    public static ReadOnlySpan<byte> BeforeFirstValue => "\"t\":"u8;

    public static string Entity(int number) => EntityPrefix + EntityNumber(number);

    public static string EntityNumber(int number) => number.ToString("D7", CultureInfo.InvariantCulture);

    /// <summary>The scope of all entities in a namespace of <see cref="EventShape.Spread"/>.</summary>
    public static string SpreadScope(int number) => string.Create(CultureInfo.InvariantCulture, $"{Namespace}{number:D5}/*");

    public static string SpreadEntity(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{Namespace}{number / NamespaceSize:D5}/e{number % NamespaceSize:D2}");

    /// <summary>Everything before the digits of the entity.</summary>
    public static string BeforeEntity(TimeProvider clock) => BeforeId(clock) + EntityPrefix;

    /// <summary>Everything before the entity.</summary>
    public static string BeforeId(TimeProvider clock) => string.Create(
        CultureInfo.InvariantCulture,
        $"{{\"stream\":\"bench.load\",\"source\":\"flux-benchmarks\",\"timestamp\":{clock.GetUtcNow().ToUnixTimeMilliseconds()},\"payload\":{{\"entity_id\":\"");

    /// <summary>Between the digits of the entity and the 16 digits of the value.</summary>
    public static string BeforeValue(EventShape shape) => shape switch
    {
        EventShape.Reading => "\",\"properties\":{\"temperature\":",
        _ => "\",\"properties\":{\"t\":",
    };

    public static string AfterValue(EventShape shape) => shape switch
    {
        EventShape.Reading => ",\"mode\":\"automatic\",\"online\":true}}}",
        EventShape.Kilobyte => $",\"text\":\"{new string('x', KilobyteLetters)}\"}}}}}}",
        _ => "}}}",
    };

    /// <summary>The head of a publish request; with a token, where the server asks for one.</summary>
    public static string RequestHead(int port, string path, int bodyLength, string? token) => string.Create(
        CultureInfo.InvariantCulture,
        $"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{(token is null ? "" : $"Authorization: Bearer {token}\r\n")}Content-Type: application/json\r\nContent-Length: {bodyLength}\r\n\r\n");

    public static int EventLength(EventShape shape, TimeProvider clock) =>
        Encoding.UTF8.GetByteCount(BeforeId(clock) + FirstEntity(shape) + BeforeValue(shape) + AfterValue(shape)) + Stamp.Digits;

    /// <summary>The entity whose digits are all 0.</summary>
    public static string FirstEntity(EventShape shape) => shape == EventShape.Spread ? SpreadEntity(0) : Entity(0);
}
