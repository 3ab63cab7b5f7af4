using Flux.Core.Namespaces;

namespace Flux.Core.Tests.Namespaces;

public sealed class SharedTokenBucketTests
{
    private const int Capacity = 600; // 10 a second, slices of 30

    [Fact]
    public void A_silo_is_given_a_twentieth_and_no_more_while_it_holds_it()
    {
        var bucket = new SharedTokenBucket(Capacity, TimeSpan.Zero);

        Assert.Equal(30, Draw(bucket, "a", seconds: 0).Granted);
        Assert.Equal(0, Draw(bucket, "a", seconds: 1, held: 30).Granted);
        Assert.Equal(20, Draw(bucket, "a", seconds: 1, held: 10).Granted);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(19)]
    public void A_slice_has_at_least_one(int capacity) => Assert.Equal(1, SharedTokenBucket.SliceOf(capacity));

    [Fact]
    public void What_comes_back_unused_can_be_leased_again()
    {
        var bucket = new SharedTokenBucket(Capacity, TimeSpan.Zero);
        for (var i = 0; i < 20; i++)
        {
            Draw(bucket, $"silo-{i}", seconds: 0);
        }

        Assert.Equal(0, Draw(bucket, "late", seconds: 1).Granted); // all of it may yet be spent
        Assert.Equal(10, Draw(bucket, "late", seconds: 3).Granted);
        Assert.Equal(30, Draw(bucket, "silo-0", seconds: 3, returned: 30).Granted);
        Assert.Equal(0, Draw(bucket, "late", seconds: 3, held: 10).Granted);
        Draw(bucket, "silo-0", seconds: 3, held: 25, returned: 5);

        Assert.Equal(0, Draw(bucket, "silo-1", seconds: 3).Granted); // silo-0 has drawn what it gave back
    }

    [Fact]
    public void A_bucket_that_was_lost_does_not_give_again_what_was_given()
    {
        var bucket = new SharedTokenBucket(Capacity, TimeSpan.Zero);
        var left = int.MaxValue;
        for (var i = 0; i < 15; i++)
        {
            left = Draw(bucket, "a", seconds: 0).MostLeft;
        }

        Assert.Equal(151, left);
        var next = new SharedTokenBucket(Capacity, TimeSpan.Zero);
        var granted = 0;
        for (var i = 0; i < 20; i++)
        {
            var lease = Draw(next, "a", seconds: 0, mostLeft: left);
            (granted, left) = (granted + lease.Granted, lease.MostLeft);
        }

        Assert.InRange(granted, 150, 151);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_silos_do_in_no_time_span_is_more_spent_than_one_bucket_gives(int seed)
    {
        var random = new Random(seed);
        var bucket = new SharedTokenBucket(Capacity, TimeSpan.Zero);
        var silos = Enumerable.Range(0, 3).Select(i => new Spender($"silo-{i}")).ToArray();
        var spent = new List<(TimeSpan At, int Events)>();
        var now = TimeSpan.Zero;
        for (var step = 0; step < 4_000; step++)
        {
            // Bursts and silences: leases that end unspent are what could overfill the bucket.
            now += TimeSpan.FromMilliseconds(random.Next(50) == 0 ? random.Next(5_000) : random.Next(60));
            var silo = silos[random.Next(silos.Length)];
            if (random.Next(3) == 0)
            {
                silo.Renew(bucket, now);
            }

            spent.Add((now, silo.Spend(random.Next(40), now)));
        }

        for (var from = 0; from < spent.Count; from += 7)
        {
            var sum = 0;
            for (var to = from; to < spent.Count && spent[to].At - spent[from].At < TimeSpan.FromMinutes(1); to++)
            {
                sum += spent[to].Events;
                var most = Capacity * (1 + (spent[to].At - spent[from].At).TotalMinutes);
                Assert.True(sum <= most + 0.001, $"{sum} events from {spent[from].At} to {spent[to].At}, {most} at most");
            }
        }

        Assert.True(spent.Sum(s => s.Events) > 0.8 * Math.Min(now.TotalMinutes * Capacity, spent.Count * 5), "the limit is used");
    }

    private static RateLease Draw(SharedTokenBucket bucket, string silo, double seconds, int held = 0, int returned = 0, int mostLeft = int.MaxValue) =>
        bucket.Draw(new RateLeaseRequest(silo, Capacity, held, returned, mostLeft), TimeSpan.FromSeconds(seconds));

    private sealed class Spender(string name)
    {
        private int _held;
        private int _returned;
        private TimeSpan _ends;

        public void Renew(SharedTokenBucket bucket, TimeSpan now)
        {
            End(now);
            _held += bucket.Draw(new RateLeaseRequest(name, Capacity, _held, _returned, int.MaxValue), now).Granted;
            _returned = 0;
            _ends = now + SharedTokenBucket.LeaseDuration;
        }

        public int Spend(int wanted, TimeSpan now)
        {
            End(now);
            var spent = Math.Min(wanted, _held);
            _held -= spent;
            return spent;
        }

        private void End(TimeSpan now)
        {
            if (now >= _ends)
            {
                (_returned, _held) = (_returned + _held, 0);
            }
        }
    }
}
