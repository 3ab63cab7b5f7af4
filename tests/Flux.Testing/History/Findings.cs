namespace Flux.Testing.History;

/// <summary>Collects violations: counts all of them, keeps the first ten of each count.</summary>
internal sealed class Findings
{
    private const int KeptPerCount = 10;

    private readonly long[] _counts = new long[Enum.GetValues<HistoryCount>().Length];
    private readonly List<HistoryCase> _cases = [];

    public IReadOnlyList<HistoryCase> Cases => _cases;

    public long this[HistoryCount count] => _counts[(int)count];

    public void Add(HistoryCount count, string text, params ReadOnlySpan<HistoryLine> lines)
    {
        if (++_counts[(int)count] <= KeptPerCount)
        {
            _cases.Add(new HistoryCase(count, text, lines.ToArray()));
        }
    }
}
