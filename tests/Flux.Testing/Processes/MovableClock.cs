using System.Globalization;

namespace Flux.Testing.Processes;

/// <summary>A wall clock of a process that can be set while it runs, by libfaketime. The time that passes is not touched.</summary>
public sealed class MovableClock : IDisposable
{
    private const string Library = "libfaketimeMT.so.1";

    private readonly TemporaryDirectory _directory = new();

    /// <summary>Initializes a new instance of the <see cref="MovableClock"/> class. It shows the right time.</summary>
    public MovableClock() => Set(TimeSpan.Zero);

    /// <summary>Gets why there is none here; null when there is one.</summary>
    public static string? WhyMissing => Find() is null ? $"{Library} was not found: install faketime" : null;

    /// <summary>Gets the environment of a process that goes by it.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["LD_PRELOAD"] = Find() ?? throw new InvalidOperationException(WhyMissing),
        ["FAKETIME_TIMESTAMP_FILE"] = File,
        ["FAKETIME_CACHE_DURATION"] = "1", // seconds
        ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
        ["DONT_FAKE_MONOTONIC"] = "1", // its older name
    };

    private string File => _directory.At("clock");

    /// <summary>Sets it. The process notices within a second.</summary>
    /// <param name="offset">How much later than the right time it shows.</param>
    public void Set(TimeSpan offset)
    {
        var next = _directory.At("next");
        System.IO.File.WriteAllText(next, string.Create(CultureInfo.InvariantCulture, $"{offset.TotalSeconds:+0;-0;+0}\n"));
        System.IO.File.Move(next, File, overwrite: true); // nobody reads half of it
    }

    /// <inheritdoc/>
    public void Dispose() => _directory.Dispose();

    private static string? Find() => Directory.EnumerateDirectories("/usr/lib").Append("/usr/lib").Append("/usr/lib64")
        .Select(directory => Path.Combine(directory, "faketime", Library)).FirstOrDefault(System.IO.File.Exists);
}
