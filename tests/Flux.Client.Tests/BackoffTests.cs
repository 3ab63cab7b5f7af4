using CsCheck;
using Flux.Client.Tests.Scripted;

namespace Flux.Client.Tests;

public sealed class BackoffTests
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Last = TimeSpan.FromSeconds(10);

    [Fact]
    public void The_bound_doubles_up_to_the_last_one_and_begins_anew()
    {
        var waits = new Backoff(First, Last, new FixedRandom(1));

        double[] bounds = [.. Enumerable.Range(0, 9).Select(_ => waits.Next().TotalMilliseconds)];
        waits.Reset();

        Assert.Equal([100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000], bounds);
        Assert.Equal(First, waits.Next());
    }

    [Fact]
    public void A_wait_is_anywhere_between_nothing_and_the_bound() => Gen.Int.Sample(seed =>
    {
        var waits = new Backoff(First, Last, new Random(seed));
        var bounds = new Backoff(First, Last, new FixedRandom(1));
        TimeSpan[] parts = [.. Enumerable.Range(0, 200).Select(_ => (waits.Next(), bounds.Next())).Select(pair => pair.Item1 / pair.Item2 * Last)];
        Assert.All(parts, part => Assert.InRange(part, TimeSpan.Zero, Last));
        Assert.Contains(parts, part => part < Last / 10);
        Assert.Contains(parts, part => part > Last / 10 * 9);
    });

    [Fact]
    public async Task Attempts_that_fail_go_round_the_addresses_with_growing_waits()
    {
        await using var refusing = await ScriptedServer.StartAsync();
        await using var serving = await ScriptedServer.StartAsync();
        refusing.Refuse(503);
        refusing.Refuse(429);
        serving.Refuse(503);
        await using var client = new FluxClient(new FluxClientOptions
        {
            Addresses = [refusing.Address, serving.Address],
            FirstRetryWithin = TimeSpan.FromMilliseconds(2),
            LastRetryWithin = TimeSpan.FromMilliseconds(5),
            Random = new FixedRandom(1),
        });
        var changes = new ConnectionChanges(client);

        client.Subscribe(new SubscriptionRequest { Entities = ["*"] });

        ConnectionChange[] unreachable =
        [
            await changes.NextAsync<ConnectionChange.Unreachable>(),
            await changes.NextAsync<ConnectionChange.Unreachable>(),
            await changes.NextAsync<ConnectionChange.Unreachable>(),
        ];
        Assert.Equal([2, 4, 5], unreachable.Select(change => change.RetryAfter.TotalMilliseconds));
        Assert.Equal([refusing.Address, serving.Address, refusing.Address], unreachable.Select(change => change.Address));
        Assert.Equal(serving.Address, (await changes.NextAsync<ConnectionChange.Connected>()).Address);
    }

    [Theory]
    [InlineData(0, 2, 2)]
    [InlineData(3600, 2, 4)]
    public async Task Waits_begin_anew_after_a_connection_that_has_lived(int stableAfterSeconds, int firstMilliseconds, int secondMilliseconds)
    {
        await using var server = await ScriptedServer.StartAsync();
        await using var client = new FluxClient(new FluxClientOptions
        {
            Addresses = [server.Address],
            FirstRetryWithin = TimeSpan.FromMilliseconds(2),
            StableAfter = TimeSpan.FromSeconds(stableAfterSeconds),
            Random = new FixedRandom(1),
        });
        var changes = new ConnectionChanges(client);
        client.Subscribe(new SubscriptionRequest { Entities = ["*"] });

        foreach (var expected in new[] { firstMilliseconds, secondMilliseconds })
        {
            (await server.AcceptSubscriptionAsync(from: "now")).Abort();
            await changes.NextAsync<ConnectionChange.Connected>();
            Assert.Equal(expected, (await changes.NextAsync<ConnectionChange.Lost>()).RetryAfter.TotalMilliseconds);
        }
    }

    [Fact]
    public async Task A_server_that_does_not_speak_the_protocol_is_left_for_the_next_one()
    {
        await using var classic = await ScriptedServer.StartAsync();
        await using var server = await ScriptedServer.StartAsync();
        classic.Subprotocol = null;
        await using var client = new FluxClient(new FluxClientOptions { Addresses = [classic.Address, server.Address], Random = new FixedRandom(0) });
        var changes = new ConnectionChanges(client);

        client.Subscribe(new SubscriptionRequest { Entities = ["*"] });

        var unreachable = await changes.NextAsync<ConnectionChange.Unreachable>();
        Assert.Contains("does not speak flux.v2", unreachable.Error.Message, StringComparison.Ordinal);
        await server.AcceptSubscriptionAsync(from: "now");
    }

    [Fact]
    public void Options_that_make_no_sense_are_refused_with_their_name()
    {
        var good = new FluxClientOptions { Addresses = [new Uri("http://localhost:3000")] };

        Assert.Contains("Addresses", Refusal(good with { Addresses = [] }), StringComparison.Ordinal);
        Assert.Contains("ftp://x", Refusal(good with { Addresses = [new Uri("ftp://x")] }), StringComparison.Ordinal);
        Assert.Contains("SilenceLimit", Refusal(good with { SilenceLimit = TimeSpan.Zero }), StringComparison.Ordinal);
        Assert.Contains("LastRetryWithin", Refusal(good with { LastRetryWithin = TimeSpan.FromMilliseconds(99) }), StringComparison.Ordinal);
        Assert.Contains("BufferBytes", Refusal(good with { BufferBytes = 0 }), StringComparison.Ordinal);

        static string Refusal(FluxClientOptions options) => Assert.ThrowsAny<ArgumentException>(() => new FluxClient(options)).Message;
    }
}
