namespace Flux.Core.Namespaces;

/// <summary>What may be done in a namespace at all.</summary>
public enum NamespaceState
{
    /// <summary>Everything that a token allows.</summary>
    Active = 0,

    /// <summary>Reading only.</summary>
    Suspended = 1,

    /// <summary>Nothing: no writes, no reads, no subscriptions. The record stays.</summary>
    Banned = 2,

    /// <summary>It has no owner; its name can be registered anew unless it is reserved.</summary>
    Deleted = 3,
}
