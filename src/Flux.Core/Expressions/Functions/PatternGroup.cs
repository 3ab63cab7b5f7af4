namespace Flux.Core.Expressions.Functions;

/// <summary>What is known of a group while it is read.</summary>
internal struct PatternGroup
{
    public bool DotTakesLineEnds;
    public bool IsMultiline;

    /// <summary>The size of what a quantifier would repeat.</summary>
    public int Last;

    public int Size { get; private set; }

    public void Add(int size)
    {
        Last = size;
        Size += size;
    }

    public void Repeat(int most)
    {
        var repeated = (int)Math.Min((long)Last * Math.Max(most, 1), 1_000_000);
        Size += repeated - Last;
        Last = repeated;
    }
}
