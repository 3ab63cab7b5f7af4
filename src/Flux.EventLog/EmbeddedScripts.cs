namespace Flux.EventLog;

/// <summary>The numbered schema scripts of a feature, as they are embedded in this assembly.</summary>
internal static class EmbeddedScripts
{
    /// <summary>Reads them in order.</summary>
    /// <param name="feature">The folder that has them, such as <c>Sqlite</c>.</param>
    public static List<string> Read(string feature)
    {
        var assembly = typeof(EmbeddedScripts).Assembly;
        var prefix = $"Flux.EventLog.{feature}.Schema.";
        return
        [
            .. assembly.GetManifestResourceNames()
                .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(name =>
                {
                    using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                    return reader.ReadToEnd();
                }),
        ];
    }
}
