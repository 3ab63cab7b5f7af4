namespace Flux.Server.Tests.BadInput;

/// <summary>C: expected versions and claims.</summary>
internal static class ClaimRows
{
    public static readonly IReadOnlyList<Row> All =
    [
        new("C01", "expected versions that are none") { new NotYet(NotYet.Claims) },
        new("C02", "stale versions") { new NotYet(NotYet.Claims) },
        new("C03", "If-Match") { new NotYet(NotYet.Claims) },
        new("C04", "two items of a batch on one entity") { new NotYet(NotYet.Claims) },
        new("C05", "retry after success") { new NotYet(NotYet.Claims) },
        new("C06", "claims that are none") { new NotYet(NotYet.Claims) },
        new("C07", "claim of a claimed entity") { new NotYet(NotYet.Claims) },
        new("C08", "renew, release and write with wrong fencing tokens") { new NotYet(NotYet.Claims) },
        new("C09", "10,000 claims by one token") { new NotYet(NotYet.Claims) },
    ];
}
