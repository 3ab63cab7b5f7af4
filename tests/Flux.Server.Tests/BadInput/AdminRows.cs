namespace Flux.Server.Tests.BadInput;

/// <summary>M: administration, configuration, connectors.</summary>
internal static class AdminRows
{
    public static readonly IReadOnlyList<Row> All =
    [
        new("M01", "config write without rights") { new NotYet(NotYet.Authentication) },
        new("M02", "numbers out of range") { new NotYet(NotYet.Authentication) },
        new("M03", "unknown fields, other bodies") { new NotYet(NotYet.Authentication) },
        new("M04", "two changes at once") { new NotYet(NotYet.Authentication) },
        new("M05", "config read") { new NotYet(NotYet.Authentication) },
        new("M06", "ban and unban") { new NotYet(NotYet.Authentication) },
        new("M07", "namespace deleted with open sockets") { new NotYet(NotYet.Authentication) },
        new("M08", "connector names and tokens") { new NotYet(NotYet.Connectors) },
        new("M09", "OAuth callback") { new NotYet(NotYet.Connectors) },
        new("M10", "our own admin routes") { new NotYet(NotYet.Authentication) },
    ];
}
