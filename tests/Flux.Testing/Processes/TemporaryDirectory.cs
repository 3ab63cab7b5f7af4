namespace Flux.Testing.Processes;

/// <summary>A directory that is removed with all that is in it.</summary>
public sealed class TemporaryDirectory : IDisposable
{
    /// <summary>Initializes a new instance of the <see cref="TemporaryDirectory"/> class: one in the system's temporary directory.</summary>
    public TemporaryDirectory()
        : this(System.IO.Path.GetTempPath())
    {
    }

    /// <summary>Initializes a new instance of the <see cref="TemporaryDirectory"/> class.</summary>
    /// <param name="parent">The directory that it is made in.</param>
    public TemporaryDirectory(string parent)
    {
        Path = System.IO.Path.Combine(System.IO.Path.GetFullPath(parent), $"flux-test-{Guid.NewGuid():N}");
        Directory.CreateDirectory(Path);
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
