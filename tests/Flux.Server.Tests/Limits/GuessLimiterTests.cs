using System.Net;
using Flux.Server.Limits;
using Microsoft.Extensions.Time.Testing;

namespace Flux.Server.Tests.Limits;

public sealed class GuessLimiterTests
{
    private const int PerMinute = 1_000;

    private readonly FakeTimeProvider _time = new();
    private readonly GuessLimiter _guesses;

    public GuessLimiterTests() => _guesses = new GuessLimiter(PerMinute, _time);

    [Fact]
    public void An_address_is_over_after_so_many_guesses_and_may_guess_again_later()
    {
        var (guesser, other) = (IPAddress.Parse("192.0.2.1"), IPAddress.Parse("192.0.2.2"));

        Guess(guesser, PerMinute - 1);
        Assert.False(_guesses.IsOver(guesser));
        Guess(guesser, 1);

        Assert.True(_guesses.IsOver(guesser));
        Assert.True(_guesses.IsOver(guesser.MapToIPv6()));
        Assert.False(_guesses.IsOver(other));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(_guesses.IsOver(guesser));
    }

    [Fact]
    public void Who_has_one_address_of_an_IPv6_network_has_them_all()
    {
        Guess(IPAddress.Parse("2001:db8:1:2::1"), PerMinute);

        Assert.True(_guesses.IsOver(IPAddress.Parse("2001:db8:1:2:ffff::9")));
        Assert.False(_guesses.IsOver(IPAddress.Parse("2001:db8:1:3::1")));
    }

    [Fact]
    public void The_table_is_bounded_and_keeps_who_guesses()
    {
        var guesser = IPAddress.Parse("192.0.2.1");
        Guess(guesser, PerMinute);

        for (var i = 0; i < 100_000; i++)
        {
            Guess(new IPAddress([10, (byte)(i >> 16), (byte)(i >> 8), (byte)i]), 1);
            if (i % 5_000 == 0)
            {
                Guess(guesser, 1);
            }
        }

        Assert.InRange(_guesses.Count, 1, 20_000);
        Assert.True(_guesses.IsOver(guesser));
    }

    private void Guess(IPAddress address, int times)
    {
        for (var i = 0; i < times; i++)
        {
            _guesses.OnGuess(address);
        }
    }
}
