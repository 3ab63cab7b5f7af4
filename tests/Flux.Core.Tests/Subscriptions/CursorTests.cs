using System.Buffers.Text;
using System.Text;
using CsCheck;
using Flux.Core.Log;
using Flux.Core.Subscriptions;

namespace Flux.Core.Tests.Subscriptions;

public sealed class CursorTests
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    private static readonly Gen<Cursor> Any = Gen.Select(
        Gen.Guid,
        Gen.OneOf(Gen.Const(0L), Gen.Const(long.MaxValue), Gen.Long[0, long.MaxValue]),
        Gen.ULong).Select((epoch, position, hash) => new Cursor(epoch, new Position(position), hash));

    [Fact]
    public void Its_text_gives_it_back() => Any.Sample(cursor =>
    {
        var text = cursor.ToString();
        var bytes = new byte[Cursor.TextLength];
        cursor.Write(bytes);

        Assert.Equal(Cursor.TextLength, text.Length);
        Assert.Equal(text, Encoding.ASCII.GetString(bytes));
        Assert.True(Cursor.TryParse(text, out var back));
        Assert.Equal(cursor, back);
    });

    [Fact]
    public void It_needs_no_escape_in_a_query() => Any.Sample(cursor => Assert.Equal(cursor.ToString(), Uri.EscapeDataString(cursor.ToString())));

    [Fact]
    public void Every_altered_character_is_refused() => Any.Sample(
        cursor =>
        {
            var text = cursor.ToString();
            for (var at = 0; at < text.Length; at++)
            {
                foreach (var other in Alphabet)
                {
                    if (other != text[at])
                    {
                        Assert.False(Cursor.TryParse($"{text[..at]}{other}{text[(at + 1)..]}", out _), $"{text} with {other} at {at}");
                    }
                }
            }
        },
        iter: 20);

    [Fact]
    public void What_is_cut_longer_or_no_cursor_is_refused() => Gen.Select(Any, Gen.Int[0, Cursor.TextLength - 1], Gen.OneOf(" ", "=", "A", "\n", "é", "\0")).Sample(
        (cursor, at, other) =>
        {
            var text = cursor.ToString();
            Assert.False(Cursor.TryParse(text.AsSpan(0, at), out _));
            Assert.False(Cursor.TryParse(text + other, out _));
            Assert.False(Cursor.TryParse(other + text, out _));
            Assert.False(Cursor.TryParse(text.Remove(at, 1).Insert(at, "*"), out _));
            Assert.False(Cursor.TryParse(text.Insert(at, other), out _));
            Assert.False(Cursor.TryParse(text.Remove(at, 1).Insert(at, " "), out _));
        });

    [Theory]
    [InlineData("")]
    [InlineData("now")]
    [InlineData("00000000000000000000000000000000000000000000000000")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void What_was_never_written_is_refused(string text) => Assert.False(Cursor.TryParse(text, out _));

    [Fact]
    public void A_position_before_the_beginning_is_refused()
    {
        var text = new Cursor(Guid.NewGuid(), new Position(-1), 0).ToString();

        Assert.False(Cursor.TryParse(text, out _));
    }

    [Fact]
    public void Another_number_of_logs_is_refused_until_there_are_such()
    {
        // As a later version might write it: two logs, and a checksum that fits.
        var bytes = Base64Url.DecodeFromChars(new Cursor(Guid.NewGuid(), new Position(7), 9).ToString());
        bytes[0] = 2;
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(^4..), System.IO.Hashing.Crc32.HashToUInt32(bytes.AsSpan(..^4)));

        Assert.False(Cursor.TryParse(Base64Url.EncodeToString(bytes), out _));
    }
}
