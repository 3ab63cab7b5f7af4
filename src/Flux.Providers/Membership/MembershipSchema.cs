namespace Flux.Providers.Membership;

/// <summary>The tables and queries that Orleans' AdoNet membership needs on PostgreSQL. The packages bring none.</summary>
public static class MembershipSchema
{
    /// <summary>The name of this part of the schema.</summary>
    public const string Feature = "membership";

    /// <summary>Reads the scripts, the first for version 1.</summary>
    public static IReadOnlyList<string> ReadScripts()
    {
        var assembly = typeof(MembershipSchema).Assembly;
        return
        [
            .. assembly.GetManifestResourceNames()
                .Where(name => name.EndsWith("_membership.sql", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(name =>
                {
                    using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                    return reader.ReadToEnd();
                }),
        ];
    }
}
