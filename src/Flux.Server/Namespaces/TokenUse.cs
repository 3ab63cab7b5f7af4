namespace Flux.Server.Namespaces;

/// <summary>That a token was used on a day.</summary>
/// <param name="Namespace">Its namespace.</param>
/// <param name="TokenId">Its id there.</param>
/// <param name="Day">The day, in days since 1970-01-01 UTC.</param>
internal sealed record TokenUse(string Namespace, string TokenId, int Day);
