namespace Flux.Testing.History;

/// <summary>Reads the outcome off status and code alone, so that a client cannot get it wrong on its own.</summary>
public static class Outcomes
{
    /// <summary>The code of a refusal because the id belongs to another event.</summary>
    public const string Conflict = "event_id_conflict";

    /// <summary>Gives the outcome of one event.</summary>
    /// <param name="status">The request's status; 0 when no whole answer came; <see cref="RequestRecord.NotConnected"/>.</param>
    /// <param name="code">The event's code, else the request's.</param>
    /// <param name="error">The error of an item of a batch.</param>
    /// <returns>The outcome.</returns>
    public static Outcome Of(int status, string? code, string? error) => status switch
    {
        >= 200 and < 300 when error is null => Outcome.Acked,
        >= 200 and < 300 => OfItem(code, error!),
        RequestRecord.NotConnected or (>= 400 and < 500) => Outcome.Refused,
        503 when code is "unavailable" or "storage_full" or "quarantined" => Outcome.Refused,
        _ => Outcome.Unknown,
    };

    /// <summary>Tells whether an answer must say when to come again, and does not.</summary>
    /// <param name="status">The answer's status.</param>
    /// <param name="retryAfter">Its <c>Retry-After</c>.</param>
    /// <returns>Whether it is silent.</returns>
    public static bool IsWithoutRetryAfter(int status, string? retryAfter) => status is 503 or 429 && string.IsNullOrEmpty(retryAfter);

    private static Outcome OfItem(string? code, string error) =>
        code is "outcome_unknown" or "internal" || (code is null && error.StartsWith("publish failed", StringComparison.Ordinal))
            ? Outcome.Unknown
            : Outcome.Refused;
}
