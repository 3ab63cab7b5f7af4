using System.Text.Json.Nodes;

namespace Flux.Browser.Tests;

/// <summary>An event of the history.</summary>
/// <param name="Position">Its position.</param>
/// <param name="At">When it was recorded.</param>
/// <param name="Entity">What it is about.</param>
/// <param name="Properties">What it set.</param>
internal sealed record PastEvent(long Position, DateTimeOffset At, string Entity, JsonObject Properties);
