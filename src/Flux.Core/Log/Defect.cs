namespace Flux.Core.Log;

/// <summary>Defects that a test switches on, one for a process, to see that its scenario finds them: <c>FLUX_DEFECT</c> names it.</summary>
/// <remarks>Only in debug builds: in others none can be switched on.</remarks>
public static class Defect
{
    /// <summary>An append is acknowledged and pushed, and committed with the next one. On PostgreSQL nobody looks for lost events meanwhile.</summary>
    public const string CommitsLate = "commits-late";

    /// <summary>Commits of the embedded store are flushed when it suits the system.</summary>
    public const string FlushesLate = "flushes-late";

    /// <summary>Which events are there already is remembered in memory only.</summary>
    public const string ForgetsEventIds = "forgets-event-ids";

    /// <summary>No fence holds an event back whose version is taken.</summary>
    public const string IgnoresVersions = "ignores-versions";

    /// <summary>Subscriptions resume one position too early.</summary>
    public const string ResumesEarly = "resumes-early";

    /// <summary>Subscriptions resume one position too late.</summary>
    public const string ResumesLate = "resumes-late";

    /// <summary>What a full socket does not take is dropped.</summary>
    public const string DropsFrames = "drops-frames";

    /// <summary>A token opens every namespace whose name begins like its own.</summary>
    public const string ComparesPrefixes = "compares-prefixes";

    /// <summary>A deletion leaves the properties.</summary>
    public const string KeepsProperties = "keeps-properties";

    /// <summary>A snapshot says that it is of the version behind its own.</summary>
    public const string SnapshotsAhead = "snapshots-ahead";

    /// <summary>The text of an event is written anew before it is stored.</summary>
    public const string RewritesJson = "rewrites-json";

    /// <summary>A token that was heard of once stays what it was.</summary>
    public const string KeepsTokens = "keeps-tokens";

    /// <summary>Appends are acknowledged although the disk was full.</summary>
    public const string IgnoresFullDisk = "ignores-full-disk";

#if DEBUG
    /// <summary>Gets the defect that this process has; null for none.</summary>
    public static string? Current { get; } = Environment.GetEnvironmentVariable("FLUX_DEFECT");
#else
    /// <summary>Gets the defect that this process has: none.</summary>
    public static string? Current => null;
#endif

    /// <summary>Says whether this process has a defect.</summary>
    /// <param name="defect">The defect.</param>
    /// <returns>Always false in release builds.</returns>
    public static bool IsOn(string defect) => Current is { } current && string.Equals(current, defect, StringComparison.Ordinal);

    /// <summary>Says by how many positions a subscription misses where it resumes.</summary>
    /// <returns>Always 0 in release builds.</returns>
    public static long ResumeError() => IsOn(ResumesEarly) ? -1 : IsOn(ResumesLate) ? 1 : 0;
}
