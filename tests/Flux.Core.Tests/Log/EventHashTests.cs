using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Flux.Core.Events;
using Flux.Core.Log;
using Flux.Core.Tests.Events;

namespace Flux.Core.Tests.Log;

/// <summary>Computes the hashes once more, from the documentation of <see cref="EventHash"/> alone.</summary>
public sealed class EventHashTests
{
    private static readonly Gen<string?> Text = Gen.OneOf(Gen.String.AlphaNumeric, Gen.OneOf<string?>(null, "", "é😀\u202E", "a/b"));

    [Fact]
    public void A_row_is_hashed_as_documented() =>
        Gen.Select(Text.Array[5], Gen.Long, Gen.Byte.Array[0, 64].Null(), Gen.Long.Nullable(), Gen.OneOf("\"é/x/y\"", "\"e\"", "5", "\"/a\""), Gen.Int[0, 3]).Sample(
            (texts, number, before, cause, id, given) =>
            {
                var payload = Encoding.UTF8.GetBytes("{\"entity_id\":" + id + ",\"properties\":{\"a\":\"é\"}}");
                var data = new EventData
                {
                    EventId = texts[0] ?? "i",
                    EventIdIsGiven = (given & 1) != 0,
                    Stream = texts[1] ?? "s",
                    Source = texts[2] ?? "m",
                    Key = texts[3],
                    Schema = texts[4],
                    Timestamp = number,
                    TimestampIsGiven = (given & 2) != 0,
                    Payload = new EventPayload(payload),
                };
                var previous = SHA256.HashData(payload);

                var hash = EventHash.OfRow(previous, data, number ^ 5, before, cause is { } c ? new Position(c) : null, expiry: null);

                string? entity = id == "5" ? null : id.Trim('"');
                byte[] formerly =
                [
                        .. previous,
                        .. Field(entity is "é/x/y" ? "é" : ""), .. Field(entity), .. Field(number ^ 5),
                        .. Field(data.EventId), .. Field(data.Stream), .. Field(data.Source), .. Field(data.Key), .. Field(data.Schema),
                        .. Field(data.Timestamp), .. Field(payload), .. Field(before), .. cause is { } at ? Field(at) : Field((byte[]?)null),
                ];
                Assert.Equal(SHA256.HashData([.. formerly, .. Field(given)]), hash);
                Assert.True(EventHash.IsOfRow(previous, Row(hash)) && EventHash.IsOfRow(previous, Row(SHA256.HashData(formerly))));
                Assert.False(EventHash.IsOfRow(previous, Row(SHA256.HashData([.. formerly, .. Field(given ^ 2)]))));

                RecordedEvent Row(byte[] hashed) => new()
                {
                    Position = new Position(1),
                    RecordedAt = default,
                    Version = number ^ 5,
                    Data = data,
                    Before = before,
                    Cause = cause is { } c ? new Position(c) : null,
                    Hash = hashed,
                };
            },
            iter: 2_000);

    [Fact]
    public void Every_field_counts_and_a_missing_one_differs_from_an_empty_one()
    {
        byte[][] hashes =
        [
            .. new[]
            {
                Bodies.Good("eventId", "\"1\""), Bodies.Good("eventId", "\"2\""), Bodies.Good("eventId", "\"1\"")[..^1] + ",\"key\":\"\"}",
                Bodies.Good("eventId", "\"1\"")[..^1] + ",\"schema\":\"\"}",
            }.Select(body => EventHash.OfRow(EventHash.None, Bodies.Read(body), 1, before: null, cause: null, expiry: null)),
            EventHash.OfRow(EventHash.None, Bodies.Read(Bodies.Good("eventId", "\"1\"")), 2, before: null, cause: null, expiry: null),
            EventHash.OfRow(EventHash.None, Bodies.Read(Bodies.Good("eventId", "\"1\"")), 1, before: [], cause: null, expiry: null),
            EventHash.OfRow(EventHash.None, Bodies.Read(Bodies.Good("eventId", "\"1\"")), 1, before: null, cause: Position.Start, expiry: null),
            EventHash.OfRow(SHA256.HashData([]), Bodies.Read(Bodies.Good("eventId", "\"1\"")), 1, before: null, cause: null, expiry: null),
        ];

        Assert.Distinct(hashes.Select(Convert.ToHexString));
    }

    [Fact]
    public void A_large_row_is_hashed_whole()
    {
        var large = Bodies.Read(Bodies.WithValue($"\"{new string('€', 300_000)}\""));

        var hash = EventHash.OfRow(EventHash.None, large, 1, before: new byte[1_000_000], cause: null, expiry: null);

        Assert.NotEqual(EventHash.OfRow(EventHash.None, large, 1, before: new byte[999_999], cause: null, expiry: null), hash);
    }

    [Fact]
    public void A_commit_is_digested_as_documented() =>
        Gen.Select(Gen.Long, Gen.Long, Gen.Byte.Array[32].Array[0, 5], Gen.Guid, Gen.OneOf("host:17", "", "ü")).Sample(
            (first, time, rows, id, writer) =>
            {
                var previous = SHA256.HashData([1]);
                var header = new byte[20];
                BinaryPrimitives.WriteInt64BigEndian(header, first);
                BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(8), rows.Length);
                BinaryPrimitives.WriteInt64BigEndian(header.AsSpan(12), time);

                byte[] formerly = [.. previous, .. header, .. rows.SelectMany(r => r)];
                byte[] now = [.. formerly, .. Convert.FromHexString(id.ToString("N")), .. Encoding.UTF8.GetBytes(writer)];

                Assert.Equal(SHA256.HashData(now), EventHash.OfCommit(previous, new Position(first), new Timestamp(time), rows, id, writer));
                Assert.True(Is(now) && Is(formerly));
                Assert.False(Is([.. now, 0]));

                bool Is(byte[] covered) => EventHash.IsOfCommit(
                    SHA256.HashData(covered), previous, new Position(first), new Timestamp(time), rows, id, writer);
            },
            iter: 1_000);

    private static byte[] Field(string? text) => Field(text is null ? null : Encoding.UTF8.GetBytes(text));

    private static byte[] Field(long number)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        return Field(bytes);
    }

    private static byte[] Field(byte[]? bytes)
    {
        var length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, bytes?.Length ?? -1);
        return [.. length, .. bytes ?? []];
    }
}
