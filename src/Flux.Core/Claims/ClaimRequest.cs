namespace Flux.Core.Claims;

/// <summary>What a worker wants of a claim: to get it, to keep it, or to let it go.</summary>
[GenerateSerializer, Immutable, Alias("flux.claim-request")]
public abstract record ClaimRequest
{
    private ClaimRequest(string? key) => Key = key;

    /// <summary>Gets the key within the entity; null for the entity as a whole.</summary>
    [Id(0)]
    public string? Key { get; }

    /// <summary>Gets the claim when nobody has it.</summary>
    /// <param name="Key">See <see cref="ClaimRequest.Key"/>.</param>
    /// <param name="Owner">Who wants it.</param>
    /// <param name="Ttl">For how many seconds.</param>
    [GenerateSerializer, Immutable, Alias("flux.claim-request.acquire")]
    public sealed record Acquire(string? Key, [property: Id(1)] string Owner, [property: Id(2)] long Ttl) : ClaimRequest(Key);

    /// <summary>Keeps a claim that is held, with the same token.</summary>
    /// <param name="Key">See <see cref="ClaimRequest.Key"/>.</param>
    /// <param name="Token">Its token.</param>
    /// <param name="Ttl">For how many seconds from now.</param>
    [GenerateSerializer, Immutable, Alias("flux.claim-request.renew")]
    public sealed record Renew(string? Key, [property: Id(1)] long Token, [property: Id(2)] long Ttl) : ClaimRequest(Key);

    /// <summary>Lets a claim go that is held.</summary>
    /// <param name="Key">See <see cref="ClaimRequest.Key"/>.</param>
    /// <param name="Token">Its token.</param>
    [GenerateSerializer, Immutable, Alias("flux.claim-request.release")]
    public sealed record Release(string? Key, [property: Id(1)] long Token) : ClaimRequest(Key);
}
