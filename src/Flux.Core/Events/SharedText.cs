using System.Text;
using System.Text.Json;

namespace Flux.Core.Events;

/// <summary>Gives equal short texts one string: a world of a million entities has few property names, streams and sources.</summary>
/// <remarks>A fixed table that forgets on collision, so input cannot make it grow. Lost updates between threads only cost a new string.</remarks>
internal static class SharedText
{
    private const int Slots = 4096;
    private const int MaxShared = 64;

    private static readonly string?[] Table = new string?[Slots];

    /// <summary>Gets the property name that the reader stands on.</summary>
    /// <exception cref="EventRefusedException">It is too long, or holds a lone surrogate.</exception>
    public static string GetPropertyName(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
        {
            if (reader.ValueSpan.Length > EventLimits.MaxPropertyNameBytes)
            {
                throw TooLong();
            }

            return Share(reader.ValueSpan);
        }

        var name = JsonText.GetString(ref reader, "payload.properties");
        return Encoding.UTF8.GetByteCount(name) > EventLimits.MaxPropertyNameBytes ? throw TooLong() : name;
    }

    /// <summary>Gets one string for all equal texts, as far as the table remembers.</summary>
    /// <param name="utf8">Valid UTF-8.</param>
    /// <returns>The text.</returns>
    public static string Share(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MaxShared)
        {
            return Encoding.UTF8.GetString(utf8);
        }

        var hash = new HashCode();
        hash.AddBytes(utf8);
        ref var slot = ref Table[hash.ToHashCode() & (Slots - 1)];
        var shared = Volatile.Read(ref slot);
        if (shared is not null && Matches(shared, utf8))
        {
            return shared;
        }

        shared = Encoding.UTF8.GetString(utf8);
        Volatile.Write(ref slot, shared);
        return shared;
    }

    private static bool Matches(string text, ReadOnlySpan<byte> utf8)
    {
        Span<char> decoded = stackalloc char[MaxShared];
        var length = Encoding.UTF8.GetChars(utf8, decoded);
        return text.AsSpan().SequenceEqual(decoded[..length]);
    }

    private static EventRefusedException TooLong() =>
        new("invalid_property", $"payload.properties: a property name is longer than {EventLimits.MaxPropertyNameBytes} bytes");
}
