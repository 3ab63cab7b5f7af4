namespace Flux.Browser.Tests;

/// <summary>How a tab looks at the console.</summary>
public sealed record TabManner
{
    /// <summary>Gets a value indicating whether the person prefers dark pages.</summary>
    public bool IsDark { get; init; }

    /// <summary>Gets the width of the window in pixels.</summary>
    public int Width { get; init; } = 1280;

    /// <summary>Gets the height of the window in pixels.</summary>
    public int Height { get; init; } = 800;

    /// <summary>Gets the name of the theme.</summary>
    public string Theme => IsDark ? "dark" : "light";
}
