using Flux.Core.Namespaces;

namespace Flux.Grains.Namespaces;

/// <summary>A token and the namespace it belongs to.</summary>
/// <param name="Namespace">The namespace's record, as of the token's last change or later.</param>
/// <param name="Token">The token.</param>
public sealed record TokenOwner(NamespaceRecord Namespace, TokenRecord Token);
