using System.Text;

namespace Flux.Testing.Raw;

/// <summary>Builds requests byte by byte: nothing is encoded, normalised or added that a row did not ask for.</summary>
internal static class RawRequest
{
    public static readonly byte[] HealthCheck = Get("/health/live");

    /// <summary>Joins text (as UTF-8), single bytes and byte arrays.</summary>
    public static byte[] Bytes(params object[] parts)
    {
        using var joined = new MemoryStream();
        foreach (var part in parts)
        {
            joined.Write(part switch
            {
                byte[] bytes => bytes,
                byte one => [one],
                int one => [checked((byte)one)],
                _ => Encoding.UTF8.GetBytes((string)part),
            });
        }

        return joined.ToArray();
    }

    public static byte[] Get(string target, params string[] headers) => Of("GET", target, headers);

    /// <summary>A request without a body.</summary>
    public static byte[] Of(string method, string target, params string[] headers) =>
        Bytes($"{method} {target} HTTP/1.1\r\nHost: localhost\r\n{Lines(headers)}\r\n");

    /// <summary>A POST with a length and, unless the headers name another or none, the JSON content type.</summary>
    public static byte[] Post(string target, byte[] body, params string[] headers) => With("POST", target, body, headers);

    public static byte[] Post(string target, string body, params string[] headers) => Post(target, Bytes(body), headers);

    public static byte[] With(string method, string target, byte[] body, params string[] headers)
    {
        var type = Array.Exists(headers, h => h.StartsWith("Content-Type", StringComparison.OrdinalIgnoreCase))
            ? ""
            : "Content-Type: application/json\r\n";
        var kept = Array.FindAll(headers, h => !h.Equals("Content-Type", StringComparison.OrdinalIgnoreCase));
        return Bytes($"{method} {target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {body.Length}\r\n{type}{Lines(kept)}\r\n", body);
    }

    public static byte[] Publish(byte[] body, params string[] headers) => Post("/api/events", body, headers);

    public static byte[] Publish(string body, params string[] headers) => Post("/api/events", body, headers);

    public static byte[] Batch(byte[] body, params string[] headers) => Post("/api/events/batch", body, headers);

    public static byte[] Batch(string body, params string[] headers) => Post("/api/events/batch", body, headers);

    public static byte[] BatchOf(params string[] events) => Batch($"{{\"events\":[{string.Join(',', events)}]}}");

    public static byte[] DeleteMany(string body, params string[] headers) => Post("/api/state/entities/delete", body, headers);

    /// <summary>The path of an entity, the id encoded once.</summary>
    public static string EntityPath(string id) => $"/api/state/entities/{Uri.EscapeDataString(id)}";

    /// <summary>One chunk of a chunked body; an empty one ends it.</summary>
    public static byte[] Chunk(byte[] content) => Bytes($"{content.Length:x}\r\n", content, "\r\n");

    /// <summary>Adds a header to bytes that begin a request to write, unless it brings a token already. Other bytes stay as they are.</summary>
    public static ReadOnlyMemory<byte> Sign(ReadOnlyMemory<byte> bytes, string header)
    {
        var request = bytes.Span;
        var line = request.IndexOf("\r\n"u8) + 2;
        var end = request.IndexOf("\r\n\r\n"u8);
        var writes = request.StartsWith("POST /api/"u8) || request.StartsWith("PUT /api/"u8) || request.StartsWith("DELETE /api/"u8);
        return writes && line >= 2 && request[..(end < 0 ? request.Length : end)].IndexOf("\r\nAuthorization:"u8) < 0
            ? Bytes(bytes[..line].ToArray(), $"{header}\r\n", bytes[line..].ToArray())
            : bytes;
    }

    private static string Lines(string[] headers) => string.Concat(headers.Select(h => $"{h}\r\n"));
}
