namespace Flux.Server.Tests.BadInput;

/// <summary>A row, or a part of one, that Flux answers in another way than the page says, by a decision. What it answers instead is tried like everything else.</summary>
/// <param name="Decision">The number of the decision in docs/decisions.</param>
/// <param name="Instead">What is answered instead.</param>
internal sealed record Departure(string Decision, string Instead)
{
    /// <summary>Gets what the run says of it.</summary>
    public string Text => $"accepted departure, docs/decisions/{Decision}: {Instead}";
}
