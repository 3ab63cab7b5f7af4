using Flux.Core.Entities;
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

        return directory.FindHidden(entityId) is not { } record || CanRead(entityId, record);
    }

    /// <summary>Says whether the client may see an entity of a namespace that is not for everybody to see.</summary>
    /// <param name="entityId">The entity's id.</param>
    /// <param name="record">Its namespace.</param>
    public bool CanRead(string entityId, NamespaceRecord record) =>
        record is { IsRegistered: true, State: not NamespaceState.Banned } && Holds(record) is { } held && held.Reaches(entityId);

    /// <summary>Says whether the client may see anything at all of a namespace.</summary>
    /// <param name="start">A text that starts with the namespace and its slash.</param>
    public bool CanReadAny(string start) =>
        !SystemEntity.Owns(start)
        && (directory.FindHidden(start) is not { } record || (record is { IsRegistered: true, State: not NamespaceState.Banned } && Holds(record) is not null));

    /// <summary>Passes over what the client may not see at the beginning of a range, so that where it begins gives no hidden id away.</summary>
    /// <param name="range">The range; it may begin at or after any id.</param>
    /// <returns>What is left of it: it begins with an id that the client may see, or with none that is there.</returns>
    public EntityRange SkipHidden(EntityRange range)
    {
        while (!range.IsEmpty && FindHiddenPrefix(range.Start) is { } prefix)
        {
            // Of its own namespace a token may open a part, which begins with what the token says.
            var record = directory.FindHidden(range.Start);
            var own = record is { State: not NamespaceState.Banned } ? Holds(record)?.EntityPrefix : null;
            var next = own is not null && EntityIdOrder.Instance.Compare(range.Start, own) < 0 ? own : EntityRange.OfPrefix(prefix).End;
            range = next is null ? EntityRange.Nothing : range.From(next);
        }

        return range;
    }

    /// <summary>Finds the client's token among those of a namespace.</summary>
    /// <param name="record">The namespace.</param>
    /// <returns>The token; null when it has none that works there.</returns>
    public TokenRecord? Holds(NamespaceRecord record) =>
        Token is { } hash
        && directory.FindToken(hash) is { } owner
        && (string.Equals(owner.Namespace.Name, record.Name, StringComparison.Ordinal)
            || (Defect.IsOn(Defect.ComparesPrefixes) && record.Name.StartsWith(owner.Namespace.Name, StringComparison.Ordinal)))
        && owner.Token.IsValidAt(Timestamp.From(time.GetUtcNow()))
            ? owner.Token
            : null;

    /// <summary>Finds the namespace that the client's token belongs to, whether the token works or not.</summary>
    /// <returns>Its record; null when the client has no token, or one that is not known here.</returns>
    public NamespaceRecord? FindNamespace() => Token is { } hash ? directory.FindToken(hash)?.Namespace : null;

    private string? FindHiddenPrefix(string text) =>
        SystemEntity.Owns(text) ? SystemEntity.Prefix
        : directory.FindHidden(text) is { } record && !CanRead(text, record) ? record.Name + '/'
        : null;

    /// <summary>Says why the client's token opens nothing in a namespace where it did once.</summary>
    /// <param name="name">The namespace.</param>
    /// <returns>The reason; null while the token works.</returns>
    public TokenEnd? WhyEnded(string name)
    {
        if (directory.Find(name) is not { IsRegistered: true } record)
        {
            return TokenEnd.NamespaceDeleted;
        }

        if (record.State == NamespaceState.Banned)
        {
            return TokenEnd.NamespaceBanned;
        }

        if (Token is not { } hash || directory.FindToken(hash) is not { } owner || !string.Equals(owner.Namespace.Name, name, StringComparison.Ordinal))
        {
            return TokenEnd.Forgotten;
        }

        return owner.Token switch
        {
            { RevokedAt: not null } => TokenEnd.Revoked,
            var token when token.IsValidAt(Timestamp.From(time.GetUtcNow())) => null,
            { ReplacedBy: not null } => TokenEnd.Replaced,
            _ => TokenEnd.Expired,
        };
    }
}
