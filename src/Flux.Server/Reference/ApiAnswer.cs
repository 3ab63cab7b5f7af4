namespace Flux.Server.Reference;

/// <summary>A way in which a route answers that is no refusal.</summary>
/// <param name="Description">What it says, in Markdown.</param>
/// <param name="Schema">The shape of the body: a JSON Schema; null for none.</param>
internal sealed record ApiAnswer(string Description, string? Schema)
{
    /// <summary>The same as a table for spreadsheets.</summary>
    public static readonly ApiAnswer Table = new("A table.", """{"type":"string"}""") { ContentType = "text/csv" };

    /// <summary>Gets the status.</summary>
    public int Status { get; init; } = StatusCodes.Status200OK;

    /// <summary>Gets the type of the body.</summary>
    public string ContentType { get; init; } = "application/json";

    /// <summary>Gets lines of its head, and what they say.</summary>
    public IReadOnlyList<(string Name, string Description)> Head { get; init; } = [];
}
