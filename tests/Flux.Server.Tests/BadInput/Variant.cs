namespace Flux.Server.Tests.BadInput;

/// <summary>One way to make a row's request.</summary>
/// <param name="Name">What is special about it.</param>
/// <param name="RunAsync">Makes the request and checks the answer.</param>
internal sealed record Variant(string Name, Func<RowRun, Task> RunAsync)
{
    /// <summary>Gets a value indicating whether it leaves nothing behind, so that it can be repeated a thousand times (G6).</summary>
    public bool LeavesNothing { get; init; }

    /// <summary>Gets a value indicating whether it runs only against a server that asks for tokens, and brings those that it needs.</summary>
    public bool NeedsTokens { get; init; }

    /// <summary>Gets a value indicating whether it runs only against a server that asks for none: with authentication on, what it writes is somebody's or nobody's.</summary>
    public bool NeedsOpenServer { get; init; }

    /// <summary>Gets a value indicating whether it needs more than one node.</summary>
    public bool NeedsNodes { get; init; }

    /// <summary>Gets a value indicating whether it takes too long for the short run.</summary>
    public bool OnlyInLongRun { get; init; }
}
