namespace Flux.Dashboard.Hosting;

/// <summary>What the console has to know of the server that it is a part of.</summary>
public sealed record DashboardOptions
{
    /// <summary>Gets where this server's own API answers; asked for with the first person who comes.</summary>
    public required Func<Uri> Server { get; init; }

    /// <summary>Gets the origins whose pages may write, in lower case; empty for all.</summary>
    public required IReadOnlySet<string> AllowedOrigins { get; init; }

    /// <summary>Gets a value indicating whether writing needs a token, so that namespaces have owners.</summary>
    public required bool HasAuthentication { get; init; }
}
