using System.Text.RegularExpressions;

namespace Flux.Testing.Processes;

/// <summary>Reads what a server has written.</summary>
public static partial class ServerLog
{
    private const string Damaged = "the scenario damages stored events";
    private const string Dead = "the scenario has a silo declared dead that still runs: it must end itself";

    private static readonly string[] Fenced = ["F08", "F09", "F15", "F39", "F40", "F41"]; // the rows with such a silo
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1); // of one look at one entry

    // Errors that a fault explains: what is written, the rows of the fault model that it belongs to (none: all), and why it is no defect.
    private static readonly (string Text, string[] Rows, string Why)[] Expected =
    [
        (@"^\S+Z fail: (Orleans\.|Polly\[\d+\] Execution attempt\. Source: 'Orleans\.)(?!.*( at Flux\.|I am dead|KillMyself))", [], "a silo, connection or call that a fault took away, without code of ours: Orleans goes on, and what is lost of it shows in the history"),
        (@"^\S+Z fail: Orleans\..*?\] [^:]*?(Npgsql|TimeoutException|OrleansMessageRejection|SiloUnavailable|EventLogUnavailable|AppendOutcomeUnknown|TaskCanceled|OperationCanceled)",
            [], "the same where code of ours asked: nobody answered"),
        (@"^\S+Z fail: Orleans\.Grain\[\d+\] Error thrown from OnActivateAsync for activation '.*?' Flux\.Core\.Log\.EventLogUnavailableException", [], "the store does not answer: who called hears 503"),
        (@"^(\S+Z (fail|crit): Orleans\.|FATAL EXCEPTION from Orleans\.|Process terminated).*(I am dead|KillMyself)", Fenced, Dead),
        (@"^\S+Z crit: Flux\..*have declared this one dead", Fenced, Dead),
        (@"^\S+Z crit: Flux\..*The event log has not answered this silo for", ["F40"], "the silo that is cut off from the database ends itself"),
        (@"^\S+Z crit: Flux\.EventLog\.PostgreSql\.PostgreSqlEventLog\[\d+\] (The database has lost events|Lost: position \d+)", ["F32"], "a standby that was behind has lost events: each is named"),
        (@"^\S+Z fail: Flux\.EventLog\.Sqlite.*(The event log's file failed|cannot be opened again)", ["F27", "F28"], "the disk fails or is full"),
        (@"^\S+Z fail: Flux\..*(is quarantined: its event|Which entity it is of is not known here|met damage in the store)", ["F34", "F35", "F36", "F37", "F38", "N12"], Damaged),
        (@"^Process terminated.*out of memory: the process must start anew", ["F14"], "a silo without memory ends itself"),
    ];

    /// <summary>Finds what no input may bring about: errors, exceptions that nobody handled, stack traces, and control characters from outside.</summary>
    /// <param name="lines">What was written.</param>
    /// <returns>The lines that speak of it.</returns>
    public static IEnumerable<string> FindTrouble(IEnumerable<string> lines) => lines.Where(line => Trouble().IsMatch(line));

    /// <summary>Finds the same in all that servers wrote while something was done to them, but for what that explains.</summary>
    /// <param name="output">What they wrote.</param>
    /// <param name="row">The row of the fault model that was run; null for none.</param>
    /// <returns>The entries that speak of it, each with the lines that belong to it.</returns>
    public static IReadOnlyList<string> FindUnexplained(string output, string? row) =>
    [
        .. Entry().Split(output)
            .Where(entry => Trouble().IsMatch(entry))
            .Where(entry => !Expected.Any(e => (e.Rows.Length == 0 || e.Rows.Contains(row)) && Regex.IsMatch(entry, e.Text, RegexOptions.Singleline, Limit))),
    ];

    /// <summary>Throws unless all that servers wrote is explained by what was done to them.</summary>
    /// <param name="output">What they wrote.</param>
    /// <param name="row">The row of the fault model that was run; null for none.</param>
    /// <exception cref="InvalidOperationException">Something is not explained.</exception>
    public static void AssertNothingUnhandled(string output, string? row = null)
    {
        var found = FindUnexplained(output, row);
        if (found.Count > 0)
        {
            throw new InvalidOperationException(
                $"{found.Count} errors in the servers' logs that nothing explains, the first of them:\n{string.Join("\n", found.Take(3).Select(e => e.Length > 2_000 ? e[..2_000] : e))}");
        }
    }

    // Orleans logs what a timer threw, and what nobody awaited, as a warning.
    [GeneratedRegex(
        @"^(\S+Z )?\s*(fail|crit)(:|\b)|[Uu]nhandled exception|[Uu]nobserved|Caught and ignored exception|^\s+at \S+\(.*\)|\x1b",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Trouble();

    // Where an entry begins: at a line of the log, or with the last words of a process; what follows belongs to it.
    [GeneratedRegex(@"\n(?=\d{4}-\S+Z \w{4}: |--- |Unhandled exception|Process terminated|FATAL EXCEPTION|Fatal error|Stack overflow)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Entry();
}
