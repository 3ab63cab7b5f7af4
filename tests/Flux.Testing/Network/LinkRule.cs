namespace Flux.Testing.Network;

/// <summary>What a proxy does with the bytes that pass through it.</summary>
internal sealed record LinkRule
{
    public static LinkRule Pass { get; } = new();

    /// <summary>How long each byte is held back.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>By how much that may be more or less.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>How many bytes a second pass in one direction; null for all.</summary>
    public int? BytesPerSecond { get; init; }

    /// <summary>Whether bytes vanish while connections stay open.</summary>
    public bool Drops { get; init; }

    /// <summary>Whose bytes vanish; null for everybody's.</summary>
    public string? DropsOnlyFrom { get; init; }

    /// <summary>The end whose bytes vanish; null for both.</summary>
    public LinkEnd? DropsOnlyOf { get; init; }

    /// <summary>Whether anything of a client's connections vanishes.</summary>
    public bool DropsFrom(string? source) => Drops && (DropsOnlyFrom is null || string.Equals(DropsOnlyFrom, source, StringComparison.Ordinal));

    /// <summary>Whether what one end of a client's connection sends vanishes.</summary>
    public bool DropsFrom(string? source, LinkEnd end) => DropsFrom(source) && (DropsOnlyOf is null || DropsOnlyOf == end);
}
