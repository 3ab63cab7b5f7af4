using System.Text.Json;
using Flux.Testing.History;

namespace Flux.Testing.Load;

/// <summary>Reads the answers of the writing endpoints into the record of their request.</summary>
internal static class AnswerReader
{
    public static RequestRecord Complete(RequestRecord request, byte[] answer)
    {
        if (request.Status <= 0)
        {
            return request;
        }

        try
        {
            using var json = JsonDocument.Parse(answer);
            var root = json.RootElement;
            if (request.Status is < 200 or >= 300)
            {
                return request with { Code = Text(root, "code"), Refusal = answer };
            }

            // An event that the answer of a batch leaves out stays without an id, which the checker counts against the server.
            JsonElement[] answers = request.Kind == RequestRecord.Batch ? [.. root.GetProperty("results").EnumerateArray()] : [root];
            return request with { Events = [.. request.Events.Select((e, i) => i < answers.Length ? Complete(e, answers[i]) : e)] };
        }
        catch (JsonException)
        {
            return request with { Refusal = answer }; // an error page, or half an answer: the status stands for itself
        }
    }

    private static EventRecord Complete(EventRecord sent, JsonElement answer) => sent with
    {
        AckedEventId = Text(answer, "eventId"),
        AckedStream = Text(answer, "stream"),
        Position = Number(answer, "position"),
        Version = Number(answer, "version"),
        Duplicate = answer.TryGetProperty("duplicate", out var duplicate) && duplicate.ValueKind == JsonValueKind.True,
        Error = Text(answer, "error"),
        Code = Text(answer, "code"),
    };

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static long? Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt64() : null;
}
