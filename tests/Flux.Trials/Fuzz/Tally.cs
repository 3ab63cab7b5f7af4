using System.Collections.Concurrent;

namespace Flux.Trials.Fuzz;

/// <summary>Counts what was answered: a run that meets only one kind of answer has tried nothing.</summary>
internal sealed class Tally
{
    private readonly ConcurrentDictionary<(string What, string Answer), long> _counts = new();

    public void Note(string what, string answer) => _counts.AddOrUpdate((what, answer), 1, (_, count) => count + 1);

    public void Note(string what, RawAnswer answer)
    {
        var code = answer.Status >= 400 && answer.Body.Length > 0 && answer.Body[0] == (byte)'{' ? $" {answer.Code}" : "";
        Note(what, string.Create(CultureInfo.InvariantCulture, $"{answer.Status}{code}"));
    }

    /// <summary>Says why the run means too little.</summary>
    /// <returns>Null when it means enough.</returns>
    public string? WhyTooLittle()
    {
        var answers = _counts.Keys.Select(key => key.Answer).Distinct(StringComparer.Ordinal).ToList();
        string[] wanted = ["200", "404 not_found", "400 invalid_json", "400 invalid_utf8", "400 invalid_string", "409 event_id_conflict", "409 version_conflict", "ok", "close 1002", "close 1007", "subscribed", "change", "invalid_json"];
        var missing = wanted.Except(answers, StringComparer.Ordinal).ToList();
        return missing.Count > 0 ? $"no case was answered with {string.Join(", ", missing)}" : null;
    }

    public void Print(TextWriter output)
    {
        foreach (var kind in _counts.GroupBy(pair => pair.Key.What).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            output.WriteLine($"  {kind.Key}: {string.Join(", ", kind.OrderByDescending(pair => pair.Value).Select(pair => $"{pair.Value} × {pair.Key.Answer}"))}");
        }
    }
}
