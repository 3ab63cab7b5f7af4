namespace Flux.Core.Series;

/// <summary>What a property was at a point.</summary>
public enum SeriesPointKind
{
    /// <summary>It was set to <c>null</c>, or went away with its entity.</summary>
    Gap = 0,

    /// <summary>A number.</summary>
    Number,

    /// <summary>Any other value: a text, a boolean, an array or an object.</summary>
    Other,
}
