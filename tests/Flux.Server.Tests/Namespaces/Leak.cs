namespace Flux.Server.Tests.Namespaces;

/// <summary>A text that reached somebody who may not see it.</summary>
/// <param name="Owner">Whose text it is.</param>
/// <param name="Channel">By which way it came.</param>
/// <param name="Excerpt">What stood around it.</param>
internal sealed record Leak(string Owner, string Channel, string Excerpt);
