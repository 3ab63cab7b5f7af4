namespace Flux.Testing.Subscriptions;

/// <summary>How a connection ended.</summary>
/// <param name="Code">The close code; null for none.</param>
/// <param name="Reason">The text beside it.</param>
internal sealed record FeedEnding(int? Code, string Reason)
{
    public static FeedEnding Unexplained { get; } = new(Code: null, string.Empty);
}
