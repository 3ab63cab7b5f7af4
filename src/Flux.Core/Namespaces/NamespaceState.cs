using System.Text.Json.Serialization;

namespace Flux.Core.Namespaces;

/// <summary>What may be done in a namespace at all.</summary>
public enum NamespaceState
{
    /// <summary>Everything that a token allows.</summary>
    [JsonStringEnumMemberName("active")]
    Active = 0,

    /// <summary>Reading only.</summary>
    [JsonStringEnumMemberName("suspended")]
    Suspended = 1,

    /// <summary>Nothing: no writes, no reads, no subscriptions. The record stays.</summary>
    [JsonStringEnumMemberName("banned")]
    Banned = 2,

    /// <summary>It has no owner; its name can be registered anew unless it is reserved.</summary>
    [JsonStringEnumMemberName("deleted")]
    Deleted = 3,
}
