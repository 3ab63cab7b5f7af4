namespace Flux.EventLog;

/// <summary>Makes a file that nobody sees before it is whole.</summary>
internal static class WholeFile
{
    // A file under such a name is not whole: only a finished one gets its own name.
    private const string Unfinished = ".partial";

    // SQLite's own files beside a database; others have none.
    private static readonly string[] Suffixes = ["", "-wal", "-shm", "-journal"];

    /// <summary>Says whether a file is what somebody has left who did not finish it.</summary>
    public static bool IsUnfinished(string path) => Suffixes.Any(suffix => path.EndsWith(Unfinished + suffix, StringComparison.Ordinal));

    /// <summary>Makes a file under another name, and gives it its own one when it is whole. What is left of one that is not whole is removed.</summary>
    /// <param name="path">The file. Nothing has this name yet.</param>
    /// <param name="make">Makes it under the name that is given, which nobody else has who makes the same file.</param>
    public static T Make<T>(string path, Func<string, T> make)
    {
        var unfinished = $"{path}.{Guid.NewGuid():N}{Unfinished}";
        try
        {
            var result = make(unfinished);
            File.Move(unfinished, path);
            return result;
        }
        finally
        {
            foreach (var suffix in Suffixes)
            {
                File.Delete(unfinished + suffix);
            }
        }
    }
}
