using System.Text;
using CsCheck;
using Flux.Core.Events;

namespace Flux.Core.Tests.Events;

/// <summary>Bodies of all kinds, most of them damaged: what the reader takes is what <see cref="ReferenceReader"/> takes, and it throws nothing but refusals.</summary>
public sealed class AnyBodyTests
{
    private static readonly Gen<string> Text = Gen.OneOf("\"test\"", "\"a.b.c1\"", "\"\"", "\"A\"", "\"a..b\"", "\"\\u0061\"", "null", "5", "\"\\ud800\"", "\"\\u0000\"", "\"ü😀\"");

    private static readonly Gen<(string Name, string Json)> Member = Gen.Frequency(
        (4, Gen.Select(Gen.OneOf("stream", "source", "eventId", "key", "schema", "str\\u0065am"), Text)),
        (2, Gen.Select(Gen.OneOf("timestamp", "t\\u0069mestamp"), Gen.OneOf("1", "0", "-1", "1.0", "1e3", "9223372036854775807", "9223372036854775808", "null", "\"1\""))),
        (2, Gen.Select(Gen.OneOf("payload", "p\\u0061yload"), Gen.Frequency((4, Json.Payload), (1, Json.Value), (1, Gen.OneOf("null", "[]", "\"{}\""))))),
        (1, Gen.Select(Gen.OneOf("x", "Stream", "", "\\ud800"), Gen.Frequency((3, Json.Value), (1, Gen.OneOf("1e999", "\"\\udc00\"", Bodies.Nested(126), Bodies.Nested(127), Bodies.Nested(128)))))));

    // The good one first, so that most events lack nothing but what follows.
    private static readonly Gen<string> Event = Gen.Frequency(
        (5, Gen.Select(Json.Payload, Member.Array[0, 3]).Select((payload, more) => Object([("stream", "\"test\""), ("source", "\"s\""), ("payload", payload), .. more]))),
        (2, Member.Array[0, 6].Select(Object)),
        (1, Json.Value));

    private static readonly Gen<byte[]> Piece = Gen.OneOf(
        Gen.OneOf("\"", "\\", "{", "}", "[", "]", ",", ":", "null", "1e999", "\\ud800", "\\u0000", " ", "\u0001", "😀", "//", "\"payload\":{},", "\"stream\":\"x\",").Select(Encoding.UTF8.GetBytes),
        Gen.OneOf<byte[]>([0xFF], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xE2, 0x82], [0xEF, 0xBB, 0xBF], []));

    private static readonly Gen<Func<byte[], byte[]>> Damage = Gen.Select(Gen.Int[0, 10_000], Gen.Int[0, 5], Piece).Select<int, int, byte[], Func<byte[], byte[]>>(
        (place, length, piece) => body =>
        {
            var at = place % (body.Length + 1);
            return [.. body[..at], .. piece, .. body[Math.Min(at + length, body.Length)..]];
        });

    [Fact]
    public void A_body_is_taken_exactly_when_a_document_of_it_says_so()
    {
        var (taken, refused) = (0, 0);
        Damaged(Event).Sample(
            body =>
            {
                var expected = ReferenceReader.Read(body);
                EventData? read = null;
                try
                {
                    read = Bodies.Read(body);
                    Interlocked.Increment(ref taken);
                }
                catch (EventRefusedException refusal)
                {
                    Interlocked.Increment(ref refused);
                    AssertFit(refusal);
                }

                Assert.Equal(expected, read is null ? null : ReferenceEvent.Of(read));
            },
            iter: 6_000,
            print: Encoding.UTF8.GetString);

        Assert.True(Math.Min(taken, refused) > 600, $"{taken} bodies were taken and {refused} refused: the generator has become one-sided");
    }

    [Fact]
    public void Of_a_batch_each_item_is_taken_exactly_when_it_would_be_alone() =>
        Damaged(Gen.Select(Event.Array[0, 4], Gen.Bool).Select((events, isBare) => isBare ? $"[{string.Join(',', events)}]" : $"{{\"x\":1,\"events\":[{string.Join(',', events)}]}}")).Sample(
            body =>
            {
                var expected = ReferenceReader.ReadBatch(body);
                List<ReferenceEvent?>? read = null;
                try
                {
                    read = Bodies.ReadBatch(body).ConvertAll(item => item.Event is null ? null : ReferenceEvent.Of(item.Event));
                }
                catch (EventRefusedException refusal)
                {
                    AssertFit(refusal);
                }

                Assert.Equal(expected, read);
            },
            iter: 3_000,
            print: Encoding.UTF8.GetString);

    private static Gen<byte[]> Damaged(Gen<string> text) => Gen.Frequency(
        (2, text.Select(Encoding.UTF8.GetBytes)),
        (1, Gen.Select(text, Damage.Array[1, 3]).Select((json, damages) => damages.Aggregate(Encoding.UTF8.GetBytes(json), (body, damage) => damage(body)))));

    private static string Object(params (string Name, string Json)[] members) => $"{{{string.Join(',', members.Select(m => $"\"{m.Name}\":{m.Json}"))}}}";

    private static void AssertFit(EventRefusedException refusal)
    {
        Assert.Matches("^[a-z0-9_]+$", refusal.Code);
        Assert.InRange(refusal.Message.Length, 1, 300);
        Assert.DoesNotContain(refusal.Message, char.IsControl);
    }
}
