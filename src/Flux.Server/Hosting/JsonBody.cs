using System.Text.Json;
using Flux.Core.Events;

namespace Flux.Server.Hosting;

/// <summary>The JSON body of everything but publishing, which reads its bytes itself.</summary>
internal static class JsonBody
{
    /// <summary>Enough for what is not a list of entities.</summary>
    public const int UsualLimit = 64 * 1024;

    /// <summary>Reads the body.</summary>
    /// <param name="request">The request.</param>
    /// <param name="limit">The most bytes; exactly as many are allowed.</param>
    /// <param name="time">The clock.</param>
    /// <param name="read">Takes what is wanted out of it. The element does not outlive the call.</param>
    /// <exception cref="RequestRefusedException">It is not said to be JSON, is too long, compressed, broken, or comes too slowly.</exception>
    /// <exception cref="EventRefusedException">It is not JSON, or a text in it is broken.</exception>
    public static async ValueTask<T> ReadAsync<T>(HttpRequest request, long limit, TimeProvider time, Func<JsonElement, T> read)
    {
        if (!request.HasJsonContentType())
        {
            throw new RequestRefusedException(
                StatusCodes.Status415UnsupportedMediaType, ErrorCodes.UnsupportedMediaType, "Content-Type: must be application/json");
        }

        using var body = await RequestBody.ReadAsync(request, limit, time);
        using var document = Parse(body.Bytes.Span);
        try
        {
            return read(document.RootElement);
        }
        catch (InvalidOperationException e)
        {
            throw new EventRefusedException("invalid_string", "the body holds half of a surrogate pair", e);
        }
    }

    private static JsonDocument Parse(ReadOnlySpan<byte> body)
    {
        EventReader.CheckUtf8(body);
        JsonDocument? document = null;
        try
        {
            var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = EventLimits.MaxDepth });
            document = JsonDocument.ParseValue(ref reader);
            return reader.Read() ? throw new JsonException("more than one value") : document;
        }
        catch (JsonException e)
        {
            document?.Dispose();
            throw new EventRefusedException(ErrorCodes.InvalidJson, "the body is not valid JSON", e);
        }
    }
}
