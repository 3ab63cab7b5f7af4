using CsCheck;
using Flux.Core.Log;
using Flux.Core.Series;

namespace Flux.Core.Tests.Series;

public sealed class SeriesBucketsTests
{
    [Theory]
    [InlineData(0, 100, 10, 10)]
    [InlineData(0, 101, 10, 11)] // rounded up
    [InlineData(0, 5, 2000, 1)]
    [InlineData(-1_000_000, 9, 1, 1_000_009)]
    public void A_bucket_holds_its_start_and_ends_before_the_next(long start, long end, int count, long width)
    {
        List<long> times = [start, start + width - 1, start + width, end - 1];
        times.RemoveAll(time => time >= end);
        times.Sort();

        var buckets = Fill(start, end, count, [.. times.Select(time => Number(time, time))]);

        var expected = times.GroupBy(time => start + ((time - start) / width * width)).Select(g => (g.Key, g.LongCount()));
        Assert.Equal(expected, buckets.Select(b => (b.Start.Microseconds, b.Count)));
        Assert.True(buckets.Count <= count);
    }

    [Fact]
    public void Buckets_are_a_plain_fold_of_their_points() =>
        Gen.Select(
                Gen.Long[-1000, 1000], Gen.Long[1, 5000], Gen.Int[1, 40],
                Gen.Select(Gen.Long[0, 4999], Gen.Int[0, 4], Gen.Double[-1e9, 1e9]).Array[0, 60])
            .Sample((start, length, count, raw) =>
            {
                SeriesPoint[] points =
                [
                    .. raw.Where(p => p.Item1 < length).OrderBy(p => p.Item1).Select((p, i) => p.Item2 switch
                    {
                        0 => new SeriesPoint(i, new Timestamp(start + p.Item1), SeriesPointKind.Gap, 0, default),
                        1 => new SeriesPoint(i, new Timestamp(start + p.Item1), SeriesPointKind.Other, 0, "true"u8.ToArray()),
                        _ => Number(start + p.Item1, p.Item3),
                    }),
                ];

                var buckets = Fill(start, start + length, count, points);

                var width = (length + count - 1) / count;
                var expected = points.GroupBy(p => (p.RecordedAt.Microseconds - start) / width).ToList();
                Assert.Equal(expected.Select(g => start + (g.Key * width)), buckets.Select(b => b.Start.Microseconds));
                foreach (var (group, bucket) in expected.Zip(buckets))
                {
                    var numbers = group.Where(p => p.Kind == SeriesPointKind.Number).Select(p => p.Number).ToList();
                    Assert.Equal((group.LongCount(p => p.Kind != SeriesPointKind.Gap), (long)numbers.Count), (bucket.Count, bucket.Numbers));
                    Assert.Equal(
                        numbers.Count == 0 ? (0, 0, 0) : (numbers.Min(), numbers.Max(), numbers.Sum() / numbers.Count),
                        (bucket.Min, bucket.Max, bucket.Average));
                    Assert.Equal(group.Last(), bucket.Last);
                }
            });

    [Fact]
    public void The_mean_of_numbers_whose_sum_is_out_of_range_is_in_range()
    {
        var bucket = Assert.Single(Fill(0, 10, 1, [Number(0, double.MaxValue), Number(1, double.MaxValue), Number(2, double.MaxValue / 2)]));

        Assert.Equal(double.MaxValue * (2.5 / 3), bucket.Average, double.MaxValue * 1e-15);
    }

    [Fact]
    public void An_end_that_is_not_after_the_start_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new SeriesBuckets(new Timestamp(5), new Timestamp(5), 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SeriesBuckets(new Timestamp(5), new Timestamp(6), 0));
    }

    private static SeriesPoint Number(long time, double number) => new(1, new Timestamp(time), SeriesPointKind.Number, number, default);

    private static IReadOnlyList<SeriesBucket> Fill(long start, long end, int count, SeriesPoint[] points)
    {
        var buckets = new SeriesBuckets(new Timestamp(start), new Timestamp(end), count);
        foreach (var some in points.Chunk(7))
        {
            buckets.Add(some);
        }

        return buckets.Buckets;
    }
}
