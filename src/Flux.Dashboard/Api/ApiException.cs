namespace Flux.Dashboard.Api;

/// <summary>The API refused a request, or did not answer.</summary>
internal sealed class ApiException : Exception
{
    public ApiException(int status, string code, string message)
        : base(message) => (Status, Code) = (status, code);

    public ApiException(Exception inner)
        : base("the server does not answer", inner) => Code = "unavailable";

    /// <summary>Gets the status; 0 when there was no answer.</summary>
    public int Status { get; }

    /// <summary>Gets the code.</summary>
    public string Code { get; }

    /// <summary>Gets the message as people see it, with the code that programs see.</summary>
    public string Text => $"{Message} ({Code})";

    /// <summary>Gets a value indicating whether the token that was shown, or that none was, is the reason.</summary>
    public bool IsForeign => Status is 401 or 403;
}
