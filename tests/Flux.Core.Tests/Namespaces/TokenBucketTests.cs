using Flux.Core.Namespaces;

namespace Flux.Core.Tests.Namespaces;

public sealed class TokenBucketTests
{
    [Fact]
    public void It_is_full_at_first_and_gives_no_more_than_it_has()
    {
        var bucket = new TokenBucket(10, TimeSpan.Zero);

        Assert.Equal(7, bucket.Take(7));
        Assert.Equal(3, bucket.Take(7));
        Assert.Equal(0, bucket.Take(1));
    }

    [Theory]
    [InlineData(60, 1, 1)]
    [InlineData(60, 0.999, 0)]
    [InlineData(10_000, 0.006, 1)]
    [InlineData(7, 30, 3)]
    [InlineData(7, 600, 7)]
    [InlineData(int.MaxValue, 600, int.MaxValue)]
    public void It_is_refilled_evenly_up_to_its_capacity(int capacity, double seconds, int expected)
    {
        var bucket = new TokenBucket(capacity, TimeSpan.Zero);
        bucket.Take(capacity);

        bucket.Advance(capacity, TimeSpan.FromSeconds(seconds));

        Assert.Equal(expected, bucket.Tokens);
    }

    [Fact]
    public void No_token_is_lost_or_made_by_looking_often()
    {
        var bucket = new TokenBucket(7, TimeSpan.Zero);
        bucket.Take(7);
        var taken = 0;

        for (var at = TimeSpan.Zero; at <= TimeSpan.FromMinutes(3); at += TimeSpan.FromMilliseconds(7))
        {
            bucket.Advance(7, at);
            taken += bucket.Take(1);
        }

        bucket.Advance(7, TimeSpan.FromMinutes(3));
        Assert.Equal(21, taken + bucket.Take(1));
    }

    [Fact]
    public void A_lower_capacity_cuts_at_once_and_a_higher_one_fills_gradually()
    {
        var bucket = new TokenBucket(100, TimeSpan.Zero);

        bucket.Advance(10, TimeSpan.FromSeconds(1));
        Assert.Equal(10, bucket.Tokens);
        bucket.Advance(600, TimeSpan.FromSeconds(2));
        Assert.Equal(10, bucket.Tokens);
        bucket.Advance(600, TimeSpan.FromSeconds(3));
        Assert.Equal(20, bucket.Tokens);
        bucket.Advance(0, TimeSpan.FromSeconds(4));
        Assert.Equal(0, bucket.Take(1));
    }

    [Fact]
    public void A_clock_that_goes_back_gives_nothing()
    {
        var bucket = new TokenBucket(60, TimeSpan.FromSeconds(10));
        bucket.Take(60);

        bucket.Advance(60, TimeSpan.FromSeconds(5));
        bucket.Advance(60, TimeSpan.FromSeconds(11));

        Assert.Equal(1, bucket.Tokens);
    }
}
