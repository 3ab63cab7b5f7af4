using static Flux.Server.Tests.BadInput.Expect;

namespace Flux.Server.Tests.BadInput;

/// <summary>A: authentication and rights.</summary>
internal static class AuthenticationRows
{
    public static readonly IReadOnlyList<Row> All =
    [
        new("A01", "no header; other schemes") { new NotYet(NotYet.Authentication) },
        new("A02", "spellings of Bearer") { new NotYet(NotYet.Authentication) },
        new("A03", "tokens that are none") { new NotYet(NotYet.Authentication) },
        new("A04", "two tokens") { new NotYet(NotYet.Authentication) },
        new("A05", "token in the query, a cookie or the body")
        {
            Check("a socket with ?token= is a socket without", async run =>
            {
                var id = run.NewId();
                await using var socket = await RawWebSocket.OpenAsync(run.Server.Port, "/api/ws?token=secret-in-the-url");
                await socket.RoundTripAsync();
                await run.PublishAsync(Good.Event(id, "{\"n\":1}"));
                await socket.NextAboutAsync(id);
                Assert.DoesNotContain(run.Server.Output, line => line.Contains("secret-in-the-url", StringComparison.Ordinal));
            }),
            new NotYet(NotYet.Authentication, "writes"),
        },
        new("A06", "good token, another's entity") { new NotYet(NotYet.Authentication) },
        new("A07", "good token, unknown namespace") { new NotYet(NotYet.Authentication) },
        new("A08", "order of checks with and without a token") { new NotYet(NotYet.Authentication) },
        new("A09", "revoked token") { new NotYet(NotYet.Authentication) },
        new("A10", "rotated-out token") { new NotYet(NotYet.Authentication) },
        new("A11", "banned namespace") { new NotYet(NotYet.Authentication) },
        new("A12", "read-only token") { new NotYet(NotYet.Authentication) },
        new("A13", "tokens on the wrong routes") { new NotYet(NotYet.Authentication) },
        new("A14", "settings that must refuse to start") { new NotYet(NotYet.Authentication) },
        new("A15", "10,000 guesses from one address") { new NotYet(NotYet.Authentication) },
        new("A16", "timing of guesses") { new NotYet(NotYet.Authentication) },
        new("A17", "token of a deleted namespace") { new NotYet(NotYet.Authentication) },
        new("A18", "publish from another origin")
        {
            Check("without a list", async run =>
                run.CheckAcceptance(await run.SendAsync(RawRequest.Publish(Good.With(), "Origin: https://evil.example", "Content-Type: text/plain")))),
            new NotYet(NotYet.Authentication, "with an origin list set"),
        },
    ];
}
