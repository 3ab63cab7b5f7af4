using System.Buffers.Text;
using Flux.Core.Entities;

namespace Flux.Core.Configuration;

/// <summary>The limits that the operator changes while Flux runs. Source: wire-contract section 12.</summary>
/// <param name="IsRateLimited">Whether events are counted against a rate at all.</param>
/// <param name="EventsPerMinute">The events a minute of a namespace that has no limit of its own; 0 refuses all.</param>
/// <param name="SingleBodyBytes">The most bytes in the body of a single publish.</param>
/// <param name="BatchBodyBytes">The most bytes in the body of a batch.</param>
public sealed record RuntimeLimits(bool IsRateLimited, int EventsPerMinute, int SingleBodyBytes, int BatchBodyBytes)
{
    /// <summary>The name of <see cref="IsRateLimited"/>, in the record and on the wire.</summary>
    public const string IsRateLimitedName = "rate_limit_enabled";

    /// <summary>The name of <see cref="EventsPerMinute"/>.</summary>
    public const string EventsPerMinuteName = "rate_limit_per_namespace_per_minute";

    /// <summary>The name of <see cref="SingleBodyBytes"/>.</summary>
    public const string SingleBodyBytesName = "body_size_limit_single_bytes";

    /// <summary>The name of <see cref="BatchBodyBytes"/>.</summary>
    public const string BatchBodyBytesName = "body_size_limit_batch_bytes";

    /// <summary>Gives these limits with what a record of the configuration sets.</summary>
    /// <param name="properties">The record's properties, validated before they were stored; what is not there stays.</param>
    /// <returns>The limits.</returns>
    public RuntimeLimits Overlay(PropertyMap properties)
    {
        return new RuntimeLimits(
            properties.TryGetValue(IsRateLimitedName, out var isRateLimited) ? isRateLimited.AsSpan().SequenceEqual("true"u8) : IsRateLimited,
            Number(EventsPerMinuteName, EventsPerMinute),
            Number(SingleBodyBytesName, SingleBodyBytes),
            Number(BatchBodyBytesName, BatchBodyBytes));

        int Number(string name, int otherwise) =>
            properties.TryGetValue(name, out var json) && Utf8Parser.TryParse(json, out int number, out _) ? number : otherwise;
    }
}
