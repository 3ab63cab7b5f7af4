using System.Net.Http.Headers;

namespace Flux.Testing.Load;

/// <summary>A token of a load, and the id that histories have in its place.</summary>
/// <param name="Id">The id.</param>
/// <param name="Text">The token's text.</param>
public sealed record LoadToken(string Id, string Text)
{
    /// <summary>Gives the header that carries it.</summary>
    /// <returns>The header.</returns>
    public AuthenticationHeaderValue ToHeader() => new("Bearer", Text);
}
