namespace Flux.Server.Reference;

/// <summary>Whose token a route asks for when authentication is on.</summary>
internal enum ApiCaller
{
    /// <summary>Nobody's.</summary>
    Anyone,

    /// <summary>Nobody's; with that of a private namespace, what is in it is there too.</summary>
    Reader,

    /// <summary>One of the namespace, of scope write or admin.</summary>
    Writer,

    /// <summary>One of the namespace, of scope admin, or the operator's.</summary>
    Manager,

    /// <summary>The operator's.</summary>
    Operator,
}
