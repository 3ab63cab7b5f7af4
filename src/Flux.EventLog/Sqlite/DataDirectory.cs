namespace Flux.EventLog.Sqlite;

/// <summary>The directory of the embedded store, held so that no second process can use it.</summary>
internal sealed class DataDirectory : IDisposable
{
    public const string LogFile = "log.db";
    public const string ReadModelFile = "read-model.db";

    private const string LockFile = "flux.lock";

    private readonly FileStream _lock;

    private DataDirectory(string path, FileStream held)
    {
        Path = path;
        _lock = held;
    }

    public string Path { get; }

    public string LogPath => System.IO.Path.Combine(Path, LogFile);

    public string ReadModelPath => System.IO.Path.Combine(Path, ReadModelFile);

    /// <summary>Creates the directory when it is missing, and locks it.</summary>
    /// <exception cref="DataDirectoryInUseException">Another process holds it.</exception>
    /// <exception cref="DataDirectoryUnusableException">It cannot be created or written to.</exception>
    public static DataDirectory Open(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        var lockPath = System.IO.Path.Combine(full, LockFile);
        try
        {
            Directory.CreateDirectory(full);

            // FileShare.None is a lock of the system, which dies with the process: no stale file to remove by hand after a crash.
            return new DataDirectory(full, new FileStream(lockPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (UnauthorizedAccessException e)
        {
            throw new DataDirectoryUnusableException($"{full} cannot be written to: {e.Message}", e);
        }
        catch (IOException e) when (File.Exists(lockPath) && IsHeld(e))
        {
            throw new DataDirectoryInUseException(full, e);
        }
        catch (IOException e)
        {
            throw new DataDirectoryUnusableException($"{full} cannot be used as a data directory: {e.Message}", e);
        }
    }

    /// <summary>Opens the directory for a log that is made as a whole. What is left of one that was not finished is removed.</summary>
    /// <exception cref="DataDirectoryInUseException">Another process holds it.</exception>
    /// <exception cref="DataDirectoryUnusableException">Something is in it, or it cannot be created or written to.</exception>
    public static DataDirectory OpenNew(string path)
    {
        var found = Directory.Exists(path) ? Directory.EnumerateFileSystemEntries(path).Where(entry => System.IO.Path.GetFileName(entry) != LockFile).ToList() : [];
        if (found.Find(entry => !WholeFile.IsUnfinished(entry)) is not null)
        {
            throw new DataDirectoryUnusableException($"{path} is not empty: a log is taken into a new directory only");
        }

        var directory = Open(path);
        found.ForEach(File.Delete);
        return directory;
    }

    /// <summary>Checks, before a log is made, that none was to be here.</summary>
    /// <exception cref="DataDirectoryUnusableException">One was, and an empty one would take its place.</exception>
    public void CheckLog()
    {
        if (File.Exists(LogPath))
        {
            return;
        }

        if (File.Exists(ReadModelPath))
        {
            throw new DataDirectoryUnusableException($"{Path} holds {ReadModelFile} and no {LogFile}: the log is missing");
        }

        if (Directory.EnumerateFileSystemEntries(Path).Any(WholeFile.IsUnfinished))
        {
            throw new DataDirectoryUnusableException($"{Path} holds what a restore or an import has left that did not end: repeat it, or empty the directory");
        }
    }

    public void Dispose() => _lock.Dispose();

    // .NET has no exception of its own for this; EWOULDBLOCK is 11 on Linux and 35 on macOS, a sharing violation 0x80070020 on Windows.
    private static bool IsHeld(IOException e) => e.HResult is 11 or 35 or unchecked((int)0x80070020);
}
