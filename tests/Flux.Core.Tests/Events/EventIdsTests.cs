using System.Buffers.Binary;
using Flux.Core.Events;

namespace Flux.Core.Tests.Events;

public sealed class EventIdsTests
{
    private readonly Clock _clock = new();

    [Fact]
    public void An_id_is_a_lower_case_UUID_of_version_7_that_carries_the_time()
    {
        var id = new EventIds(_clock).Next();

        var uuid = Guid.ParseExact(id, "D");
        var bytes = uuid.ToByteArray(bigEndian: true);
        Assert.Equal(id.ToLowerInvariant(), id);
        Assert.Equal(7, uuid.Version);
        Assert.Equal(0x80, bytes[8] & 0xC0);
        Assert.Equal(_clock.Now.ToUnixTimeMilliseconds(), BinaryPrimitives.ReadInt64BigEndian(bytes) >> 16);
    }

    [Fact]
    public void Ids_rise_within_one_millisecond_and_beyond_its_4_096()
    {
        var ids = new EventIds(_clock);

        string[] made = [.. Enumerable.Range(0, 10_000).Select(_ => ids.Next())];

        Assert.Equal(made.Order(StringComparer.Ordinal), made);
        Assert.Distinct(made);
        Assert.All(made, id => Assert.Equal(7, Guid.Parse(id).Version));
    }

    [Fact]
    public void Ids_rise_when_the_clock_steps_back()
    {
        var ids = new EventIds(_clock);
        var before = ids.Next();

        _clock.Now -= TimeSpan.FromDays(1);
        var after = ids.Next();
        _clock.Now += TimeSpan.FromDays(2);
        var later = ids.Next();

        Assert.True(string.CompareOrdinal(before, after) < 0);
        Assert.True(string.CompareOrdinal(after, later) < 0);
    }

    [Fact]
    public void Threads_never_get_the_same_id_and_each_sees_its_own_rise()
    {
        var ids = new EventIds(_clock);
        var made = new string[4][];

        Parallel.For(0, made.Length, thread => made[thread] = [.. Enumerable.Range(0, 5_000).Select(_ => ids.Next())]);

        Assert.Distinct(made.SelectMany(m => m).Select(id => id[..18]));
        Assert.All(made, m => Assert.Equal(m.Order(StringComparer.Ordinal), m));
    }
}
