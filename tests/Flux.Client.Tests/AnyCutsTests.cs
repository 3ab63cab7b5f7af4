using CsCheck;
using Flux.Client.Tests.Scripted;

namespace Flux.Client.Tests;

public sealed class AnyCutsTests : IAsyncLifetime
{
    // Entities of the changes of a log, and after how many frames the connections are cut.
    private static readonly Gen<(int[] Changes, int[] Cuts)> Histories = Gen.Select(Gen.Int[1, 6].Array[2, 40], Gen.Int[0, 30].Array[0, 5]);

    private ScriptedServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await ScriptedServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Each_change_is_shown_once_and_in_order_wherever_connections_are_cut() =>
        await Gen.Select(Histories, Gen.Int[1, 2000]).SampleAsync(
            async (history, bufferBytes) =>
            {
                await using var client = Client(bufferBytes);
                var subscription = client.Subscribe(new SubscriptionRequest { Prefixes = [""], From = SubscriptionStart.AfterPosition(0) });
                var serving = ServeAsync(client, new ScriptedLog(_server, history.Changes), history.Cuts, stretch: 1);

                var shown = new List<long>();
                await foreach (var item in subscription.WithCancellation(TestContext.Current.CancellationToken))
                {
                    if (item is SubscriptionItem.Change change)
                    {
                        Assert.Equal(change.Position, change.Properties.GetProperty("at").GetInt64());
                        shown.Add(change.Position);
                    }
                    else if (item is SubscriptionItem.CaughtUp)
                    {
                        break;
                    }
                }

                await serving;
                Assert.Equal(Enumerable.Range(1, history.Changes.Length).Select(position => (long)position), shown);
            },
            iter: 100,
            threads: 1);

    [Fact]
    public async Task A_snapshot_and_what_follows_give_the_state_of_the_log_wherever_connections_are_cut() =>
        await Gen.Select(Histories, Gen.Int[1, 2000], Gen.Int[1, 8]).SampleAsync(
            async (history, bufferBytes, stretch) =>
            {
                await using var client = Client(bufferBytes);
                var subscription = client.Subscribe(
                    new SubscriptionRequest { Prefixes = [""], From = SubscriptionStart.Snapshot, Slow = SlowReader.Conflate });
                var log = new ScriptedLog(_server, history.Changes);
                var serving = ServeAsync(client, log, history.Cuts, stretch);

                var state = new SortedDictionary<string, long>(StringComparer.Ordinal);
                await foreach (var item in subscription.WithCancellation(TestContext.Current.CancellationToken))
                {
                    switch (item)
                    {
                        case SubscriptionItem.Restarted:
                            state.Clear();
                            break;
                        case SubscriptionItem.SnapshotRow row:
                            state.Add(row.EntityId, row.Properties.GetProperty("at").GetInt64()); // a row that is there already would be a lost restart
                            break;
                        case SubscriptionItem.Change change:
                            state[change.EntityId] = change.Position;
                            break;
                    }

                    if (item is SubscriptionItem.CaughtUp caughtUp && caughtUp.Position == history.Changes.Length)
                    {
                        break;
                    }
                }

                await serving;
                Assert.Equal(log.StateAt(history.Changes.Length), state);
            },
            iter: 100,
            threads: 1);

    private static async Task ServeAsync(FluxClient client, ScriptedLog log, int[] cuts, int stretch)
    {
        try
        {
            await log.ServeAsync(cuts, stretch);
        }
        catch
        {
            await client.DisposeAsync(); // so that nobody waits for what will not come
            throw;
        }
    }

    private FluxClient Client(int bufferBytes) => new(new FluxClientOptions
    {
        Addresses = [_server.Address],
        BufferBytes = bufferBytes,
        Random = new FixedRandom(0), // no waits
    });
}
