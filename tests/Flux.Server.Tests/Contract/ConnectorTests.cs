using Flux.Server.Tests.Namespaces;

namespace Flux.Server.Tests.Contract;

/// <summary>Wire contract, section 14: connectors are not served. Source: docs/decisions/0014.</summary>
public sealed class ConnectorTests(OwnedServer owned, ServerFixture open)
{
    [Theory]
    [InlineData("GET", "/api/connectors")]
    [InlineData("GET", "/api/connectors/github")]
    [InlineData("GET", "/api/connectors/nobody")]
    [InlineData("POST", "/api/connectors/github/token")]
    [InlineData("DELETE", "/api/connectors/github/token")]
    [InlineData("GET", "/api/connectors/github/oauth/start")]
    [InlineData("GET", "/api/connectors/github/oauth/callback?code=x&state=y")]
    public async Task Every_path_of_the_connectors_is_a_404_with_or_without_a_token(string method, string target)
    {
        Wire.AssertRefused(await open.SendAsync(RawRequest.With(method, target, "{\"token\":\"x\"}"u8.ToArray())), 404);
        Wire.AssertRefused(await owned.Http.SendAsync(RawRequest.With(method, target, "{\"token\":\"x\"}"u8.ToArray())), 404);
        Wire.AssertRefused(await owned.Http.SendAsync(RawRequest.With(method, target, "{\"token\":\"x\"}"u8.ToArray(), "Authorization: Bearer any")), 404);
    }
}
