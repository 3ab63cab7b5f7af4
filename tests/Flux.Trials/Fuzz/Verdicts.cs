using System.Text.Json;
using System.Text.Unicode;

namespace Flux.Trials.Fuzz;

/// <summary>What an answer must not be. Source: the bad-input page, rules G1, G2 and G7.</summary>
internal static class Verdicts
{
    private static readonly string[] Leaks = ["   at ", "System.", "Exception", "Microsoft.", "Orleans", "Flux.", ".cs:", "SQLite", "Npgsql", "PostgreSQL", "/tmp/"];

    /// <summary>Says what is wrong with an answer.</summary>
    /// <returns>Null when nothing is.</returns>
    public static string? OfAnswer(RawAnswer answer)
    {
        if (answer.Status >= 500 && answer.Status != 505)
        {
            return $"a fault of the server: {answer}";
        }

        if (answer.Headers.FirstOrDefault(header => header.Value.Any(char.IsControl)) is { Name: { } name })
        {
            return $"control characters in the header {name}: {answer}";
        }

        // What the web server refuses itself may have no body, and what was cut off is not judged.
        if (answer.Body.Length == 0)
        {
            return null;
        }

        if (!Utf8.IsValid(answer.Body))
        {
            return $"an answer that is no UTF-8: {answer}";
        }

        // The console's page, and nothing but it, is no JSON.
        if (answer.Status == 200 && answer.Header("Content-Type")?.StartsWith("text/html", StringComparison.Ordinal) == true)
        {
            return answer.Header("Content-Security-Policy")?.StartsWith("default-src 'none'", StringComparison.Ordinal) == true
                ? null
                : $"a page without a policy: {answer}";
        }

        try
        {
            using var json = JsonDocument.Parse(answer.Body, new JsonDocumentOptions { MaxDepth = 256 });
            return answer.Status < 400 ? null
                : answer.Header("Content-Type")?.StartsWith("application/json", StringComparison.Ordinal) != true ? $"a refusal that is no application/json: {answer}"
                : string.IsNullOrEmpty(answer.Code) || string.IsNullOrEmpty(answer.Error) ? $"a refusal without code or text: {answer}"
                : OfText(answer.Error);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return $"an answer that is no JSON ({e.Message}): {answer}";
        }
    }

    /// <summary>Says what is wrong with the text of a refusal.</summary>
    /// <returns>Null when nothing is.</returns>
    public static string? OfText(string text) =>
        text.Length > 400 ? $"a refusal that quotes too much: {text}"
        : text.Any(char.IsControl) ? $"a refusal with control characters: {text}"
        : Array.Find(Leaks, leak => text.Contains(leak, StringComparison.Ordinal)) is { } leak ? $"a refusal that gives away '{leak}': {text}"
        : null;
}
