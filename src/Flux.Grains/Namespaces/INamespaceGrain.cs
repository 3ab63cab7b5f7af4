using Flux.Core.Namespaces;

namespace Flux.Grains.Namespaces;

/// <summary>Decides about one namespace. Its key is the name. Who asks has been found to have the right to.</summary>
[Alias("flux.namespaces")]
public interface INamespaceGrain : IGrainWithStringKey
{
    /// <summary>Registers the name, if it is free.</summary>
    /// <param name="actor">Who asks, for the audit trail.</param>
    /// <returns>The record with its first token, of scope admin; or that the name is taken.</returns>
    [Alias("register")]
    Task<NamespaceOutcome> RegisterAsync(string actor);

    /// <summary>Takes the namespace from its owner. Its entities stay.</summary>
    /// <param name="actor">Who asks.</param>
    /// <returns>The record, or that there is none.</returns>
    [Alias("delete")]
    Task<NamespaceOutcome> DeleteAsync(string actor);

    /// <summary>Changes state, visibility or limits. A state that it has already is no change.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="action">What it is, for the audit trail: the last part of <c>flux.namespaces.…</c>.</param>
    /// <param name="change">What is to become different.</param>
    /// <returns>The record, or that there is none.</returns>
    [Alias("change")]
    Task<NamespaceOutcome> ChangeAsync(string actor, string action, NamespaceChange change);

    /// <summary>Makes another token.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="request">What it is to be.</param>
    /// <returns>The record with the token; or that there is no such namespace, or that it has too many.</returns>
    [Alias("issue-token")]
    Task<NamespaceOutcome> IssueTokenAsync(string actor, TokenRequest request);

    /// <summary>Makes a token that takes the place of another, which works for a time yet.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="tokenId">The one to replace.</param>
    /// <param name="grace">How long the old one works.</param>
    /// <returns>The record with the token; or that there is no such namespace or token.</returns>
    [Alias("rotate-token")]
    Task<NamespaceOutcome> RotateTokenAsync(string actor, string tokenId, TimeSpan grace);

    /// <summary>Ends a token at once.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="tokenId">The token. One that was revoked stays so.</param>
    /// <returns>The record; or that there is no such namespace or token.</returns>
    [Alias("revoke-token")]
    Task<NamespaceOutcome> RevokeTokenAsync(string actor, string tokenId);

    /// <summary>Records that a token was used on a day. A day that is recorded already, or a token that has gone, is no change.</summary>
    /// <param name="tokenId">The token.</param>
    /// <param name="day">The day, as <see cref="TokenRecord.LastUsedDay"/> counts them.</param>
    /// <returns>The record; or that there is no such namespace or token.</returns>
    [Alias("note-use")]
    Task<NamespaceOutcome> NoteUseAsync(string tokenId, int day);
}
