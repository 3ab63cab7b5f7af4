namespace Flux.Testing.Processes;

/// <summary>A directory that is removed with all that is in it.</summary>
public sealed class TemporaryDirectory : IDisposable
{
    /// <summary>Initializes a new instance of the <see cref="TemporaryDirectory"/> class.</summary>
    public TemporaryDirectory()
    {
        Path = Directory.CreateTempSubdirectory("flux-test-").FullName;
        ProcessGuard.Remove(Path);
    }

    /// <summary>Gets its path.</summary>
    public string Path { get; }

    /// <summary>Gets the path of something in it, whether it exists or not.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The path.</returns>
    public string At(string name) => System.IO.Path.Combine(Path, name);

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
            ProcessGuard.SpareDirectory(Path);
        }
        catch (IOException)
        {
            // Something in it is still open: the system's own cleaning of temporary files takes it.
        }
    }
}
