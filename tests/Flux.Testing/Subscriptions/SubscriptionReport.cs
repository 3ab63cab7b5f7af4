namespace Flux.Testing.Subscriptions;

/// <summary>What the checker found about one subscriber.</summary>
internal sealed class SubscriptionReport(SubscriptionDescription subscription)
{
    private const int KeptPerFault = 10;

    private readonly long[] _counts = new long[Enum.GetValues<SubscriptionFault>().Length];
    private readonly List<SubscriptionFinding> _findings = [];

    public SubscriptionDescription Subscription => subscription;

    public SubscriptionTotals Totals { get; } = new();

    /// <summary>Gets the first ten violations of each fault.</summary>
    public IReadOnlyList<SubscriptionFinding> Findings => _findings;

    public bool IsClean => _counts.All(c => c == 0);

    /// <summary>Gets how often a fault was found.</summary>
    public long this[SubscriptionFault fault] => _counts[(int)fault];

    public void Add(SubscriptionFault fault, long? position, int line, string text)
    {
        if (++_counts[(int)fault] <= KeptPerFault)
        {
            _findings.Add(new SubscriptionFinding(fault, position, line, text));
        }
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var raised = Enum.GetValues<SubscriptionFault>().Where(f => this[f] > 0).Select(f => $"{f} {this[f]}");
        return string.Join("\n    ", [$"{subscription}: {(IsClean ? "clean" : string.Join(", ", raised))}; {Totals}", .. _findings]);
    }
}
