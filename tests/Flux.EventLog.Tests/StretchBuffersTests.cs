using System.Globalization;
using Flux.Core.Entities;
using Flux.Core.Log;
using Flux.EventLog.Series;

namespace Flux.EventLog.Tests;

public sealed class StretchBuffersTests
{
    private readonly Dictionary<string, long> _versions = new(StringComparer.Ordinal);

    [Fact]
    public void A_stretch_comes_at_its_end_with_a_chunk_for_each_property_that_it_sets()
    {
        var buffers = new StretchBuffers(maxBytes: 1_000_000, idleEvents: 1000);

        Assert.Empty(Write(buffers, "a", 511));
        var second = Assert.Single(Write(buffers, "a", 1));
        Assert.Empty(Write(buffers, "a", 255, property: "m"));
        var third = Assert.Single(Write(buffers, "a", 1, property: "m"));

        Assert.Equal(("a", 1, 1), (second.Entity, second.Number, second.Chunks.Count));
        Assert.Equal(("a", 2, 1), (third.Entity, third.Number, third.Chunks.Count));
        Assert.Equal(["n"u8.ToArray(), "m"u8.ToArray()], [second.Chunks[0].Property, third.Chunks[0].Property]);
    }

    [Fact]
    public void What_they_hold_is_bounded_and_those_that_have_begun_end()
    {
        const int maxBytes = 100_000;
        var buffers = new StretchBuffers(maxBytes, idleEvents: 1_000_000);
        var ids = Enumerable.Range(0, 200).Select(i => i.ToString(CultureInfo.InvariantCulture)).ToList();
        foreach (var id in ids)
        {
            Write(buffers, id, 256);
        }

        var ended = 0;
        for (var round = 0; round < 256; round++)
        {
            foreach (var id in ids)
            {
                ended += Write(buffers, id, 1).Count;
                Assert.InRange(buffers.Bytes, 0, maxBytes);
            }
        }

        Assert.InRange(ended, 10, 100);
    }

    [Fact]
    public void Who_has_been_idle_for_long_makes_room()
    {
        var buffers = new StretchBuffers(maxBytes: 20_000, idleEvents: 20_000);
        foreach (var id in Enumerable.Range(0, 60).Select(i => $"idle/{i}"))
        {
            Write(buffers, id, 257);
        }

        Assert.Empty(Write(buffers, "busy", 512));
        Write(buffers, "busy", 30_000);

        Assert.NotEmpty(Write(buffers, "busy", 512));
    }

    [Fact]
    public void A_stretch_that_misses_an_event_is_not_given_out()
    {
        var buffers = new StretchBuffers(maxBytes: 1_000_000, idleEvents: 1000);
        Write(buffers, "a", 300);
        _versions["a"]++;

        Assert.Empty(Write(buffers, "a", 211)); // to 512
        Assert.Single(Write(buffers, "a", 256));
    }

    [Fact]
    public void Nothing_is_left_of_what_was_cleared()
    {
        var buffers = new StretchBuffers(maxBytes: 1_000_000, idleEvents: 1000);
        Write(buffers, "a", 300);

        buffers.Clear();

        Assert.Equal(0, buffers.Bytes);
        Assert.Empty(Write(buffers, "a", 212));
    }

    private List<KeptStretch> Write(StretchBuffers buffers, string id, int count, string property = "n")
    {
        var stretches = new List<KeptStretch>();
        for (var i = 0; i < count; i++)
        {
            var version = _versions[id] = _versions.GetValueOrDefault(id) + 1;
            var row = new RecordedEvent
            {
                Position = new Position(version),
                RecordedAt = new Timestamp(version),
                Version = version,
                Data = TestEvents.Data(TestEvents.Set(id, property, version)),
                Hash = EventHash.None,
            };
            if (buffers.TryComplete(id, row, PropertyMap.Empty, out var stretch))
            {
                stretches.Add(stretch);
            }
        }

        return stretches;
    }
}
