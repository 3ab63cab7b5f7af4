namespace Flux.Dashboard.World;

/// <summary>A property of a row.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Text">Its value, cut to what a list shows.</param>
/// <param name="ChangedAt">The look at which it changed before the eyes of the person; 0 when it has not.</param>
public readonly record struct LiveValue(string Name, string Text, long ChangedAt);
