using Flux.Server.Hosting;

namespace Flux.Server.Namespaces;

/// <summary>Why something is not allowed.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">One of <see cref="ErrorCodes"/>.</param>
/// <param name="Message">What is wrong, for a person.</param>
internal sealed record Refusal(int Status, string Code, string Message)
{
    /// <summary>Makes the exception that answers a request with it.</summary>
    public RequestRefusedException ToException() => new(Status, Code, Message);
}
