namespace Flux.Testing.History;

/// <summary>Judges a recorded history. It reads files only, and shares no code with the server: it folds, pushes and hashes on its own.</summary>
public static class HistoryChecker
{
    /// <summary>Checks a history.</summary>
    /// <param name="directory">Where its files are: see <see cref="HistoryFiles"/>.</param>
    /// <param name="thresholds">What it must at least contain.</param>
    /// <returns>The report; <see cref="HistoryReport.Verdict"/> decides.</returns>
    /// <exception cref="InvalidDataException">A line is no record.</exception>
    public static HistoryReport Check(string directory, HistoryThresholds thresholds)
    {
        var findings = new Findings();
        var invalid = new List<string>();
        var (faults, cutOff) = LoadFaults(directory, invalid);
        var rows = Task.Run(() => LogCheck.Load(directory)); // beside the requests, which are as many
        var requests = RequestIndex.Load(directory, findings);
        var reads = new ReadCheck(cutOff, findings);
        reads.Load(directory);
        var states = new StateCheck(findings);
        states.Load(directory);

        var log = new LogCheck(requests, reads, states, findings);
        log.Run(rows.GetAwaiter().GetResult());
        OrderCheck.Run(requests, findings);
        reads.CheckOrder(requests, log.Versions);
        var sockets = new SocketCheck(log.Rows, faults, findings);
        sockets.Run(directory);
        var grants = new GrantCheck(findings);
        grants.Run(directory);
        var replays = new ReplayCheck(findings);
        replays.Run(directory);

        var totals = new HistoryTotals
        {
            Rows = log.Count,
            Acked = requests.Acked,
            Refused = requests.Refused,
            Unknown = requests.Unknown,
            SettledUnknowns = requests.Intents.Count(i => i.WasUnknown && i.IsSettled),
            UnsettledUnknowns = requests.Intents.Count(i => i.WasUnknown && !i.IsSettled && i.CanBeSettled),
            DuplicateAcks = requests.DuplicateAcks,
            Conflicts = requests.Conflicts,
            Reads = reads.Judged,
            ReadsNotJudged = reads.NotJudged,
            StaleReads = reads.Stale,
            Sockets = sockets.Sockets,
            Frames = sockets.Frames,
            States = states.Compared,
            Faults = faults.Count,
            Secrets = grants.Shown,
            Replayed = replays.Compared,
        };
        Require(invalid, "acked events", totals.Acked, thresholds.Acked);
        Require(invalid, "settled unknown outcomes", totals.SettledUnknowns, thresholds.SettledUnknowns);
        Require(invalid, "duplicate acks", totals.DuplicateAcks, thresholds.DuplicateAcks);
        Require(invalid, "event id conflicts", totals.Conflicts, thresholds.Conflicts);
        Require(invalid, "proved faults", totals.Faults, thresholds.Faults);
        Require(invalid, "compared frames", totals.Frames, thresholds.Frames);
        Require(invalid, "secrets shown to those who may see them", totals.Secrets, thresholds.Secrets);
        Require(invalid, "changes that came again", totals.Replayed, thresholds.Replayed);
        if (totals.UnsettledUnknowns > thresholds.UnsettledUnknowns)
        {
            invalid.Add($"{totals.UnsettledUnknowns} unknown outcomes were never settled, at most {thresholds.UnsettledUnknowns} may be");
        }

        if (!states.HasFinal)
        {
            invalid.Add("no node's final state was dumped");
        }

        // Source: fault model, P2.
        string[] broken = requests.WithoutRetryAfter + reads.WithoutRetryAfter is > 0 and var silent ? [$"{silent} answers with 503 or 429 had no Retry-After"] : [];
        return new HistoryReport(directory, findings, totals, broken, invalid);
    }

    private static void Require(List<string> invalid, string what, long found, int least)
    {
        if (found < least)
        {
            invalid.Add($"{found} {what}, at least {least} are needed");
        }
    }

    /// <summary>Loads the faults that were proved, each with its announcement, and says which were not.</summary>
    internal static (List<(FaultRecord Announced, FaultRecord Proved)> Faults, CutOffPeriods CutOff) LoadFaults(string directory, List<string> invalid)
    {
        var announced = new Dictionary<string, FaultRecord>(StringComparer.Ordinal);
        var proved = new Dictionary<string, FaultRecord>(StringComparer.Ordinal);
        foreach (var (fault, _) in HistoryReader.Read(directory, HistoryFiles.Faults, HistoryJson.Default.FaultRecord))
        {
            (string.IsNullOrWhiteSpace(fault.Proof) ? announced : proved)[fault.Id] = fault;
        }

        invalid.AddRange(announced.Values.Where(f => !proved.ContainsKey(f.Id)).Select(f => $"{f.Id} ({f.Kind} of {f.Target}) was announced and never proved"));
        return ([.. proved.Values.Select(p => (announced.GetValueOrDefault(p.Id, p), p))], new CutOffPeriods(announced.Values, proved.Values));
    }
}
