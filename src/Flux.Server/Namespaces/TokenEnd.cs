namespace Flux.Server.Namespaces;

/// <summary>Why a token opens nothing where it did once.</summary>
internal enum TokenEnd
{
    /// <summary>It was revoked.</summary>
    Revoked,

    /// <summary>Another has taken its place, and the time of grace is over.</summary>
    Replaced,

    /// <summary>Its time is over.</summary>
    Expired,

    /// <summary>The namespace has another owner now.</summary>
    Forgotten,

    /// <summary>The namespace has no owner any more.</summary>
    NamespaceDeleted,

    /// <summary>The namespace is banned.</summary>
    NamespaceBanned,
}
