using System.Collections.Concurrent;
using System.Text.Json;
using Flux.Server.Tests.BadInput;
using Flux.Server.Tests.Contract;

namespace Flux.Server.Tests.Subscriptions.V2;

/// <summary>Snapshots over a real socket, while others write.</summary>
public sealed class SnapshotTests(ServerFixture server)
{
    private const int Writers = 5;
    private const int Rounds = 4;

    // {0} is the test's namespace; with = before it a text is a whole id, and else the beginning of ids.
    [Theory]
    [InlineData("""{"entity":"{0}/*"}""", "{0}/")]
    [InlineData("""{"entity":["{0}/w1-3","{0}/w0-1","{0}/w9-9"],"prefix":["{0}/w2","{0}/w4-"]}""", "{0}/w2", "{0}/w4-", "={0}/w1-3", "={0}/w0-1")]
    [InlineData("""{"entity":"{0}/*","where":"properties.n < 20"}""", "{0}/")]
    public async Task A_snapshot_and_the_changes_in_it_are_the_fold_at_the_position_that_it_names(string subscription, params string[] starts)
    {
        var ns = Wire.NewNamespace();
        var written = new ConcurrentDictionary<long, (string Id, int? Value)>();
        using var stop = new CancellationTokenSource();
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var writers = Enumerable.Range(0, Writers).Select(WriteAsync).ToList();
        await enough.Task.WaitAsync(ServerFixture.Guard, TestContext.Current.CancellationToken);

        var snapshots = new List<List<JsonElement>>();
        await using var socket = await NewerSocket.OpenAsync(server.Port);
        for (var round = 0; round < Rounds; round++)
        {
            snapshots.Add(await SubscribeAsync(socket, $"round {round}"));
        }

        await stop.CancelAsync();
        await Task.WhenAll(writers);
        snapshots.Add(await SubscribeAsync(socket, "at rest"));

        Assert.All(snapshots, AssertFold);

        async Task<List<JsonElement>> SubscribeAsync(NewerSocket socket, string name)
        {
            // The frames of the subscriptions before come in between.
            await socket.SendAsync($$"""{"type":"subscribe","sub":"{{name}}",{{Named(subscription)[1..^1]}},"from":"snapshot"}""");
            var frames = await socket.ThroughAsync(frame => frame.Text("sub") == name && frame.Text("type") is "caught_up" or "error");
            return [.. frames.Where(frame => frame.Text("sub") == name)];
        }

        async Task WriteAsync(int number)
        {
            await using var http = await server.ConnectAsync();
            var random = new Random(number);
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                var id = $"{ns}/w{number}-{random.Next(12)}";
                int? value = random.Next(6) == 0 ? null : i;
                var answer = await http.ExchangeAsync(RawRequest.Publish(Good.Event(id, value is null ? """{"__deleted__":true}""" : $$"""{"n":{{value}}}""")));
                Assert.True(answer.Status == 200, $"{answer}");
                written[answer.Json.GetProperty("position").GetInt64()] = (id, value);
                if (written.Count > 200)
                {
                    enough.TrySetResult();
                }
            }
        }

        string Named(string text) => text.Replace("{0}", ns, StringComparison.Ordinal);

        void AssertFold(List<JsonElement> frames)
        {
            Assert.Equal(("subscribed", "caught_up"), (frames[0].Text("type"), frames[^1].Text("type")));
            var position = frames[^1].GetProperty("position").GetInt64();
            var expected = new SortedDictionary<string, int>(StringComparer.Ordinal);
            foreach (var (_, write) in written.Where(pair => pair.Key <= position).OrderBy(pair => pair.Key))
            {
                expected.Remove(write.Id);
                if (write.Value is { } value && starts.Select(Named).Any(start => start[0] == '=' ? write.Id == start[1..] : write.Id.StartsWith(start, StringComparison.Ordinal)))
                {
                    expected.Add(write.Id, value);
                }
            }

            var view = new SortedDictionary<string, int>(StringComparer.Ordinal);
            string? row = null;
            foreach (var frame in frames.Skip(1).SkipLast(1).Where(frame => frame.Text("type") != "progress"))
            {
                var id = frame.Text("entity_id")!;
                Assert.False(frame.TryGetProperty("cursor", out var _));
                if (frame.Text("type") == "entity")
                {
                    Assert.True(string.CompareOrdinal(row, id) < 0, $"{id} comes after {row}");
                    row = id;
                }

                view.Remove(id);
                if (frame.TryGetProperty("properties", out var properties))
                {
                    view.Add(id, properties.GetProperty("n").GetInt32());
                }
            }

            var isFiltered = subscription.Contains("where", StringComparison.Ordinal);
            Assert.Equal(expected.Where(pair => !isFiltered || pair.Value < 20), view);
        }
    }
}
