using System.Globalization;
using System.Text;
using Flux.Core.Entities;

namespace Flux.Core.Configuration;

/// <summary>What is to become different in the limits. Parts that are null stay.</summary>
[GenerateSerializer, Immutable, Alias("flux.runtime-limits-change")]
public sealed record RuntimeLimitsChange
{
    /// <summary>Gets whether events are counted against a rate at all.</summary>
    [Id(0)]
    public bool? IsRateLimited { get; init; }

    /// <summary>Gets the events a minute of a namespace that has no limit of its own; 0 refuses all.</summary>
    [Id(1)]
    public int? EventsPerMinute { get; init; }

    /// <summary>Gets the most bytes in the body of a single publish.</summary>
    [Id(2)]
    public int? SingleBodyBytes { get; init; }

    /// <summary>Gets the most bytes in the body of a batch.</summary>
    [Id(3)]
    public int? BatchBodyBytes { get; init; }

    /// <summary>Gets the properties that say so.</summary>
    /// <param name="recorded">The record as it is; what it says already is no change.</param>
    /// <returns>Names and JSON values; none when nothing changes.</returns>
    public List<KeyValuePair<string, byte[]>> ToProperties(PropertyMap recorded)
    {
        var properties = new List<KeyValuePair<string, byte[]>>();
        Add(RuntimeLimits.IsRateLimitedName, IsRateLimited switch { null => null, true => "true", false => "false" });
        Add(RuntimeLimits.EventsPerMinuteName, Digits(EventsPerMinute));
        Add(RuntimeLimits.SingleBodyBytesName, Digits(SingleBodyBytes));
        Add(RuntimeLimits.BatchBodyBytesName, Digits(BatchBodyBytes));
        return properties;

        void Add(string name, string? value)
        {
            if (value is null)
            {
                return;
            }

            var json = Encoding.ASCII.GetBytes(value);
            if (!recorded.TryGetValue(name, out var before) || !before.AsSpan().SequenceEqual(json))
            {
                properties.Add(new(name, json));
            }
        }
    }

    private static string? Digits(int? number) => number?.ToString(CultureInfo.InvariantCulture);
}
