using Flux.Core.Events;
using Flux.Core.Log;
using Flux.Core.Namespaces;
using Flux.Grains.Namespaces;

namespace Flux.Server.Namespaces;

/// <summary>What one client may read: all that is open, and what its token opens. Source: design, section 7.</summary>
/// <param name="directory">What is hidden, as of now.</param>
/// <param name="token">The hash of its token; null when it has none, or one that cannot be one.</param>
/// <param name="time">The clock.</param>
internal sealed class ReadRights(NamespaceDirectory directory, TokenHash? token, TimeProvider time)
{
    /// <summary>Gets the hash of the client's token.</summary>
    public TokenHash? Token { get; } = token;

    /// <summary>Says whether the client may see an entity. It is asked anew each time: rights end while a client listens.</summary>
    /// <param name="entityId">The entity's id.</param>
    public bool CanRead(string entityId)
    {
        if (SystemEntity.Owns(entityId))
        {
            return false;
        }

        var slash = entityId.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0 || directory.Find(entityId.AsSpan(0, slash)) is not { IsHidden: true } record)
        {
            return true;
        }

        return record is { IsRegistered: true, State: not NamespaceState.Banned } && Holds(record) is { } held && held.Reaches(entityId);
    }

    /// <summary>Finds the client's token among those of a namespace.</summary>
    /// <param name="record">The namespace.</param>
    /// <returns>The token; null when it has none that works there.</returns>
    public TokenRecord? Holds(NamespaceRecord record) =>
        Token is { } hash
        && directory.FindToken(hash) is { } owner
        && string.Equals(owner.Namespace.Name, record.Name, StringComparison.Ordinal)
        && owner.Token.IsValidAt(Timestamp.From(time.GetUtcNow()))
            ? owner.Token
            : null;
}
