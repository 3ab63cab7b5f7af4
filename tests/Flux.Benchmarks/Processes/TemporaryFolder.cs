namespace Flux.Benchmarks.Processes;

/// <summary>A folder that goes with its owner, and with this process at the latest.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder(string parent, string name)
    {
        Path = System.IO.Path.Combine(parent, $"flux-bench-{Environment.ProcessId}-{name}-{Guid.NewGuid():N}");
        Directory.CreateDirectory(Path);
        AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
    }

    public string Path { get; }

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
        Delete();
    }

    private void OnProcessExit(object? sender, EventArgs e) => Delete();

    private void Delete()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}
