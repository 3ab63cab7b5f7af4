namespace Flux.EventLog.Verification;

/// <summary>What is kept of a list of positions, to compare it with another one of the same length.</summary>
internal static class PositionDigest
{
    // Odd, so that multiplying loses nothing: two lists that differ in one place always differ in their digests.
    private const ulong Factor = 0x9E3779B97F4A7C15;

    public static ulong Add(ulong digest, long position) => unchecked((digest + (ulong)position) * Factor);
}
