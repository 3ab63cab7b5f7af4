namespace Flux.Server.Reference;

/// <summary>A part of the API, as the reference shows it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it is for, in Markdown.</param>
/// <param name="Schemas">The shapes of its bodies and answers by their names: an object of JSON Schemas.</param>
internal sealed record ApiArea(string Name, string Description, string Schemas = "{}");
