namespace Flux.Core.Namespaces;

/// <summary>A silo's question for a part of a namespace's rate.</summary>
/// <param name="Silo">The silo.</param>
/// <param name="EventsPerMinute">The limit, as the silo knows it.</param>
/// <param name="Held">What it has and may still spend.</param>
/// <param name="Returned">What it had, has not spent and no longer may.</param>
/// <param name="MostLeft">
/// What can be left in the bucket by all that the silo knows: what its last lease left, and what has flowed in since. It keeps a bucket that was lost
/// with its silo from being full again.
/// </param>
[GenerateSerializer, Immutable, Alias("flux.rate-lease-request")]
public sealed record RateLeaseRequest(
    [property: Id(0)] string Silo,
    [property: Id(1)] int EventsPerMinute,
    [property: Id(2)] int Held,
    [property: Id(3)] int Returned,
    [property: Id(4)] int MostLeft);
