using System.Buffers;
using System.Text;
using System.Text.Json;
using CsCheck;
using Flux.Core.Json;
using Flux.Core.Log;

namespace Flux.Core.Tests.Writing;

public sealed class JsonWriteTests
{
    [Fact]
    public void Every_character_is_read_back_and_escaped_only_when_JSON_demands_it() =>
        Assert.All(
            Enumerable.Range(0, 0x10000).Where(c => !char.IsSurrogate((char)c)).Select(c => $"a{(char)c}b"),
            text =>
            {
                var json = String(text);

                Assert.Equal(text, JsonSerializer.Deserialize<string>(json));
                Assert.Equal(text[1] < ' ' || text[1] is '"' or '\\', json.Contains('\\', StringComparison.Ordinal));
            });

    [Fact]
    public void Any_finite_double_is_read_back() =>
        Gen.Double.Where(double.IsFinite).Sample(number =>
        {
            var output = new ArrayBufferWriter<byte>();
            JsonWrite.Number(output, number);

            Assert.Equal(number, JsonSerializer.Deserialize<double>(output.WrittenSpan));
        });

    [Fact]
    public void Any_text_is_read_back() =>
        Gen.OneOf(Gen.Char['\0', '\ud7ff'].Select(c => $"{c}"), Gen.OneOf("\"", "\\", "\n", "\u0001", "😀", "é")).Array[0, 200].Select(string.Concat).Sample(
            text => Assert.Equal(text, JsonSerializer.Deserialize<string>(String(text))),
            iter: 3_000);

    [Theory]
    [InlineData("", "\"\"")]
    [InlineData("+é\u2028/'<>&\u007f", "\"+é\u2028/'<>&\u007f\"")]
    [InlineData("\"\\\b\f\n\r\t\u0000\u001f", """
        "\"\\\b\f\n\r\t\u0000\u001f"
        """)]
    public void Text_is_spelled_as_short_as_it_can_be(string text, string expected) => Assert.Equal(expected, String(text));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public void A_number_is_its_digits(long number) => Assert.Equal($"{number}", Written(output => JsonWrite.Number(output, number)));

    [Theory]
    [InlineData(1_772_028_627_000_000, "2026-02-25T14:10:27")]
    [InlineData(1_772_028_627_158_000, "2026-02-25T14:10:27.158")]
    [InlineData(1_772_028_627_100_000, "2026-02-25T14:10:27.100")]
    [InlineData(1_772_028_627_158_001, "2026-02-25T14:10:27.158001")]
    [InlineData(1_772_028_627_000_010, "2026-02-25T14:10:27.000010")]
    [InlineData(0, "1970-01-01T00:00:00")]
    public void A_time_has_the_shortest_exact_fraction_of_0_3_or_6_digits(long microseconds, string expected)
    {
        Assert.Equal($"\"{expected}Z\"", Written(output => JsonWrite.Time(output, new Timestamp(microseconds), "Z"u8)));
        Assert.Equal($"\"{expected}+00:00\"", Written(output => JsonWrite.Time(output, new Timestamp(microseconds), "+00:00"u8)));
    }

    private static string String(string text) => Written(output => JsonWrite.String(output, text));

    private static string Written(Action<IBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
