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
        var scripts = EmbeddedScripts.Read(feature);
        var present = RefuseNewer(database, scripts.Count, path);
        for (var number = (int)present + 1; number <= scripts.Count; number++)
        {
            database.Execute(string.Create(
                CultureInfo.InvariantCulture, $"BEGIN IMMEDIATE; {scripts[number - 1]}; PRAGMA user_version = {number}; COMMIT"));
        }
    }

    /// <summary>Checks a file that is only read.</summary>
    /// <param name="database">The file.</param>
    /// <param name="feature">The folder of the scripts.</param>
    /// <param name="path">The file's path, for the message.</param>
    /// <exception cref="DataDirectoryUnusableException">A newer Flux has written the file.</exception>
    public static void RefuseNewer(SqliteDatabase database, string feature, string path) =>
        RefuseNewer(database, EmbeddedScripts.Read(feature).Count, path);

    /// <summary>Checks a file whose every column is read.</summary>
    /// <param name="database">The file.</param>
    /// <param name="feature">The folder of the scripts.</param>
    /// <param name="path">The file's path, for the message.</param>
    /// <exception cref="DataDirectoryUnusableException">Another Flux has written the file.</exception>
    public static void RefuseOther(SqliteDatabase database, string feature, string path)
    {
        var known = EmbeddedScripts.Read(feature).Count;
        if (RefuseNewer(database, known, path) is var present && present < known)
        {
            throw new DataDirectoryUnusableException(
                $"{path} has schema {present} and this Flux reads schema {known}: start the server on it once, and it is brought to that");
        }
    }

    private static long RefuseNewer(SqliteDatabase database, int known, string path)
    {
        var present = database.QueryInt64("PRAGMA user_version");
        return present <= known
            ? present
            : throw new DataDirectoryUnusableException(
                $"{path} has schema {present} and this Flux knows schemas up to {known}: start the newer version that wrote it");
    }
}
