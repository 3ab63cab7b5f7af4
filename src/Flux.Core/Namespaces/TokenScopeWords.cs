namespace Flux.Core.Namespaces;

/// <summary>The words for scopes, in the text of tokens and on the wire.</summary>
public static class TokenScopeWords
{
    /// <summary>Gives the word for a scope.</summary>
    /// <param name="scope">The scope.</param>
    /// <returns><c>read</c>, <c>write</c> or <c>admin</c>.</returns>
    public static string ToWord(this TokenScope scope) => scope switch
    {
        TokenScope.Read => "read",
        TokenScope.Write => "write",
        _ => "admin",
    };

    /// <summary>Reads a word.</summary>
    /// <param name="word">The word, in lower case.</param>
    /// <param name="scope">The scope, when the answer is true.</param>
    /// <returns>False for any other text.</returns>
    public static bool TryParse(ReadOnlySpan<char> word, out TokenScope scope)
    {
        (scope, var isKnown) = word switch
        {
            "read" => (TokenScope.Read, true),
            "write" => (TokenScope.Write, true),
            "admin" => (TokenScope.Admin, true),
            _ => (default, false),
        };
        return isKnown;
    }
}
