using System.Globalization;

namespace Flux.Testing.Processes;

/// <summary>A wall clock of a process that can be set while it runs, by libfaketime. The time that passes is not touched.</summary>
public sealed class MovableClock : IDisposable
{
    private const string Library = "libfaketimeMT.so.1";

    // An answer is dated with a whole second, read once a second.
    private static readonly TimeSpan Oldest = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Newest = TimeSpan.FromSeconds(1);

    // A guard against hanging, and no target.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    private readonly TemporaryDirectory _directory = new();
    private TimeSpan _offset;

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
        _offset = offset;
        var next = _directory.At("next");
        System.IO.File.WriteAllText(next, string.Create(CultureInfo.InvariantCulture, $"{(FaultDriver.IsIdle ? 0 : offset.TotalSeconds):+0;-0;+0}\n"));
        System.IO.File.Move(next, File, overwrite: true); // nobody reads half of it
    }

    /// <summary>Waits until a server goes by it, as the dates of its answers show.</summary>
    /// <param name="server">The server.</param>
    /// <param name="time">The right time.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What the server shows.</returns>
    /// <exception cref="TimeoutException">It does not go by this clock.</exception>
    public async Task<string> WaitUntilShownAsync(Uri server, TimeProvider time, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        using var http = new HttpClient();
        using var timer = new PeriodicTimer(PollInterval, time);
        while (true)
        {
            var before = time.GetUtcNow();
            using var answer = await http.GetAsync(new Uri(server, "health/live"), cancellationToken);
            if (answer.Headers.Date is { } shown && shown - _offset >= before - Oldest && shown - _offset <= time.GetUtcNow() + Newest)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{server.Authority} shows {shown:O}, {_offset} from {before:O}");
            }

            if (time.GetElapsedTime(started) > Limit)
            {
                throw new TimeoutException($"{server.Authority} shows {answer.Headers.Date:O} at {before:O}: its clock was set {_offset} from that");
            }

            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _directory.Dispose();

    private static string? Find() => Directory.EnumerateDirectories("/usr/lib").Append("/usr/lib").Append("/usr/lib64")
        .Select(directory => Path.Combine(directory, "faketime", Library)).FirstOrDefault(System.IO.File.Exists);
}
