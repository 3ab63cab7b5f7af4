using System.Text.Json;

namespace Flux.Client;

/// <summary>Where a subscription begins.</summary>
public sealed record SubscriptionStart
{
    private readonly long? _position;

    private SubscriptionStart(string? text, long? position, string? cursor)
    {
        Text = text;
        _position = position;
        Cursor = cursor;
    }

    /// <summary>Gets: with what comes from now on.</summary>
    public static SubscriptionStart Now { get; } = new("now", position: null, cursor: null);

    /// <summary>Gets: with the state of everything in scope, and then its changes. When the snapshot is cut off, it begins anew.</summary>
    public static SubscriptionStart Snapshot { get; } = new("snapshot", position: null, cursor: null);

    /// <summary>Gets the cursor to begin after; null for the other places.</summary>
    public string? Cursor { get; }

    /// <summary>Gets a value indicating whether this is <see cref="Snapshot"/>.</summary>
    internal bool IsSnapshot => Text is "snapshot";

    /// <summary>Gets a value indicating whether this is <see cref="Now"/>.</summary>
    internal bool IsNow => Text is "now";

    private string? Text { get; }

    /// <summary>Begins right after what a cursor stands for.</summary>
    /// <param name="cursor">A cursor that the server gave, in this life of the client or an earlier one.</param>
    /// <returns>The place.</returns>
    public static SubscriptionStart AfterCursor(string cursor)
    {
        ArgumentException.ThrowIfNullOrEmpty(cursor);
        return new(cursor, position: null, cursor);
    }

    /// <summary>Begins right after a position. Unlike a cursor it is not checked: in a restored log it may mean something else.</summary>
    /// <param name="position">The position; 0 is the beginning of the log.</param>
    /// <returns>The place.</returns>
    public static SubscriptionStart AfterPosition(long position)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        return new(text: null, position, cursor: null);
    }

    /// <inheritdoc/>
    public override string ToString() => Text ?? $"position {_position}";

    internal void Write(Utf8JsonWriter json, string name)
    {
        if (_position is { } position)
        {
            json.WriteNumber(name, position);
        }
        else
        {
            json.WriteString(name, Text);
        }
    }
}
