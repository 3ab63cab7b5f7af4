using System.Globalization;
using System.Text.Json;

namespace Flux.Client;

/// <summary>A place in the past: where a replay begins, goes on or ends.</summary>
public sealed record ReplayPlace
{
    private readonly long? _position;
    private readonly string? _text;

    private ReplayPlace(string? text, long? position) => (_text, _position) = (text, position);

    /// <summary>Gets the beginning of the log.</summary>
    public static ReplayPlace Start { get; } = new("start", position: null);

    /// <summary>Right after what a cursor stands for; as an end, with it.</summary>
    /// <param name="cursor">A cursor that the server gave.</param>
    /// <returns>The place.</returns>
    public static ReplayPlace AfterCursor(string cursor)
    {
        ArgumentException.ThrowIfNullOrEmpty(cursor);
        return new(cursor, position: null);
    }

    /// <summary>Right after a position; as an end, with it. Unlike a cursor it is not checked: in a restored log it may mean something else.</summary>
    /// <param name="position">The position; 0 is the beginning of the log.</param>
    /// <returns>The place.</returns>
    public static ReplayPlace AfterPosition(long position)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        return new(text: null, position);
    }

    /// <summary>At a time: what was recorded at it comes; as an end, it is the last that comes.</summary>
    /// <param name="time">The time, which must not lie in the future.</param>
    /// <returns>The place.</returns>
    public static ReplayPlace At(DateTimeOffset time) =>
        new(time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture), position: null);

    /// <inheritdoc/>
    public override string ToString() => _text ?? $"position {_position}";

    internal void Write(Utf8JsonWriter json, string name)
    {
        if (_position is { } position)
        {
            json.WriteNumber(name, position);
        }
        else
        {
            json.WriteString(name, _text);
        }
    }
}
