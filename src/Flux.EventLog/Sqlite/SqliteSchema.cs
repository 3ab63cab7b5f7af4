using System.Globalization;

namespace Flux.EventLog.Sqlite;

/// <summary>Brings a file to the schema of this binary: numbered scripts, embedded, each applied once in one transaction.</summary>
internal static class SqliteSchema
{
    /// <summary>Applies what is missing.</summary>
    /// <param name="database">The file.</param>
    /// <param name="feature">The folder of the scripts, such as <c>Sqlite</c>.</param>
    /// <param name="path">The file's path, for the message.</param>
    /// <exception cref="DataDirectoryUnusableException">A newer Flux has written the file.</exception>
    public static void Apply(SqliteDatabase database, string feature, string path)
    {
        var scripts = ReadScripts(feature);
        var present = database.QueryInt64("PRAGMA user_version");
        if (present > scripts.Count)
        {
            throw new DataDirectoryUnusableException(
                $"{path} has schema {present} and this Flux knows schemas up to {scripts.Count}: start the newer version that wrote it");
        }

        for (var number = (int)present + 1; number <= scripts.Count; number++)
        {
            database.Execute(string.Create(
                CultureInfo.InvariantCulture, $"BEGIN IMMEDIATE; {scripts[number - 1]}; PRAGMA user_version = {number}; COMMIT"));
        }
    }

    private static List<string> ReadScripts(string feature)
    {
        var assembly = typeof(SqliteSchema).Assembly;
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
