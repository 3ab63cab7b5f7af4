namespace Flux.Server.Hosting;

/// <summary>The request cannot be served as it is, and the client is told why.</summary>
internal sealed class RequestRefusedException(int status, string code, string message, bool closesConnection = false) : Exception(message)
{
    public int Status { get; } = status;

    public string Code { get; } = code;

    /// <summary>Gets a value indicating whether the connection ends with the answer, because the rest of the body is not read.</summary>
    public bool ClosesConnection { get; } = closesConnection;
}
