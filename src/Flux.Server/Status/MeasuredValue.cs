using System.Collections.Concurrent;

namespace Flux.Server.Status;

/// <summary>What one counter or gauge has said. Any thread.</summary>
/// <param name="name">The instrument's name.</param>
/// <param name="isTotal">Whether what is said is added up; else the last counts.</param>
internal sealed class MeasuredValue(string name, bool isTotal)
{
    private readonly ConcurrentDictionary<string, double> _values = new(StringComparer.Ordinal);

    /// <summary>Takes a measurement.</summary>
    /// <param name="value">The value.</param>
    /// <param name="tags">Which kind; Flux's instruments have one tag at most.</param>
    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) => _values.AddOrUpdate(
        tags.Length == 0 ? name : $"{name}.{tags[0].Value}",
        static (_, given) => given.Value,
        static (_, former, given) => given.IsTotal ? former + given.Value : given.Value,
        (Value: value, IsTotal: isTotal));

    /// <summary>Reads the values by name and kind.</summary>
    public KeyValuePair<string, double>[] Read() => _values.ToArray();
}
