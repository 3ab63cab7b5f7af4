namespace Flux.Server.Reference;

/// <summary>What the reference says of a route. Texts only: they are read when somebody asks for the document.</summary>
/// <param name="Area">Where it belongs.</param>
/// <param name="Id">Its name in programs that are made from the document.</param>
/// <param name="Summary">What it does, in a few words.</param>
internal sealed record ApiOperation(ApiArea Area, string Id, string Summary)
{
    /// <summary>Gets more about it, in Markdown.</summary>
    public string Description { get; init; } = string.Empty;

    public ApiCaller Caller { get; init; } = ApiCaller.Reader;

    public IReadOnlyList<ApiParameter> Parameters { get; init; } = [];

    /// <summary>Gets the shape of the body: a JSON Schema; null when it takes none.</summary>
    public string? Body { get; init; }

    public required IReadOnlyList<ApiAnswer> Answers { get; init; }

    /// <summary>Gets the refusals, but for those that any route may answer with.</summary>
    public IReadOnlyList<ApiRefusal> Refusals { get; init; } = [];

    public IReadOnlyList<ApiExample> Examples { get; init; } = [];
}
