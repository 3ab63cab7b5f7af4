namespace Flux.Core.Tests;

/// <summary>A clock that stands still, and goes where it is told, backwards too.</summary>
internal sealed class Clock : TimeProvider
{
    public DateTimeOffset Now { get; set; } = DateTimeOffset.FromUnixTimeMilliseconds(1_772_028_627_158);

    public override DateTimeOffset GetUtcNow() => Now;
}
