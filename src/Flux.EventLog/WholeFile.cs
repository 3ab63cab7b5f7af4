namespace Flux.EventLog;

/// <summary>Makes a file that nobody sees before it is whole.</summary>
internal static class WholeFile
{
    // A file under this name is not whole: only a finished one gets its own name.
    private const string Unfinished = ".partial";

    /// <summary>Makes a file under another name, and gives it its own one when it is whole. What is left of one that is not whole is removed.</summary>
    /// <param name="path">The file. Nothing has this name yet.</param>
    /// <param name="make">Makes it under the name that is given.</param>
    public static T Make<T>(string path, Func<string, T> make)
    {
        var unfinished = path + Unfinished;
        try
        {
            Delete(unfinished);
            var result = make(unfinished);
            File.Move(unfinished, path);
            return result;
        }
        catch
        {
            Delete(unfinished);
            throw;
        }
    }

    private static void Delete(string path)
    {
        // SQLite's own files beside a database; others have none.
        foreach (var suffix in (ReadOnlySpan<string>)["", "-wal", "-shm", "-journal"])
        {
            File.Delete(path + suffix);
        }
    }
}
