namespace Flux.Server.Reference;

/// <summary>A request that works, and that a test sends as it stands here.</summary>
/// <param name="Summary">What it is an example of.</param>
/// <param name="Target">Path and query.</param>
/// <param name="Body">The body in JSON; null for none.</param>
internal sealed record ApiExample(string Summary, string Target, string? Body = null)
{
    /// <summary>Gets the status of the answer.</summary>
    public int Status { get; init; } = StatusCodes.Status200OK;
}
