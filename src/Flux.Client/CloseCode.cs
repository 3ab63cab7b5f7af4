namespace Flux.Client;

/// <summary>What the close codes of a socket mean. After every other code this client comes back.</summary>
public static class CloseCode
{
    /// <summary>The server is shutting down: come back.</summary>
    public const int ShuttingDown = 1001;

    /// <summary>The client sent frames against the protocol: final.</summary>
    public const int ProtocolError = 1002;

    /// <summary>The connection was lost without a word: come back.</summary>
    public const int Abnormal = 1006;

    /// <summary>The client sent text that is not UTF-8: final.</summary>
    public const int NotUtf8 = 1007;

    /// <summary>A message was not finished in time, or too many tokens were refused: final.</summary>
    public const int PolicyViolation = 1008;

    /// <summary>A message was too long: final.</summary>
    public const int TooLong = 1009;

    /// <summary>The server failed: come back.</summary>
    public const int ServerError = 1011;

    /// <summary>Too many messages in a row were refused: final, mend the client.</summary>
    public const int TooManyRefused = 4400;

    /// <summary>The token works no longer: final; another client with another token may be made.</summary>
    public const int TokenEnded = 4401;

    /// <summary>The namespace of the token was deleted or banned: final.</summary>
    public const int NamespaceEnded = 4403;

    /// <summary>The client read too slowly and had asked to be disconnected: come back with the last cursor.</summary>
    public const int TooSlow = 4408;

    /// <summary>Says whether coming back makes no sense.</summary>
    /// <param name="code">The close code.</param>
    /// <returns>True when the same client would be turned away again.</returns>
    public static bool IsFinal(int code) =>
        code is ProtocolError or NotUtf8 or PolicyViolation or TooLong or TooManyRefused or TokenEnded or NamespaceEnded;
}
