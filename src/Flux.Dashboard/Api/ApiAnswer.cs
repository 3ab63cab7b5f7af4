using System.Text.Json;

namespace Flux.Dashboard.Api;

/// <summary>An answer of the API.</summary>
/// <param name="Json">Its body.</param>
/// <param name="Next">Path and query of the next page; null when this was the last.</param>
internal sealed record ApiAnswer(JsonElement Json, string? Next);
