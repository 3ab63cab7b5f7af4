using System.Text.Json;

namespace Flux.Server.Tests.Limits;

public sealed class EntityTotalTests(LimitedServer server) : IClassFixture<LimitedServer>
{
    [Fact]
    public async Task The_total_of_the_metrics_leaves_out_records_of_Flux_and_what_is_hidden()
    {
        const int mostFrames = 10;
        var (open, openHeader) = await server.RegisterAsync();
        var (hidden, hiddenHeader) = await server.RegisterAsync();
        for (var i = 0; i < 3; i++)
        {
            await server.PublishAsync($"{open}/e{i}", openHeader);
            await server.PublishAsync($"{hidden}/e{i}", hiddenHeader);
        }

        await using var socket = await server.Http.OpenSocketAsync();
        await TotalBecomesAsync(6);
        var change = RawRequest.With("PUT", $"/api/namespaces/{hidden}", RawRequest.Bytes("{\"private\":true}"), hiddenHeader);
        Assert.Equal(200, (await server.Http.SendAsync(change)).Status);
        await TotalBecomesAsync(3);

        async Task TotalBecomesAsync(int expected)
        {
            var seen = new List<int>();
            while (seen.Count == 0 || seen[^1] != expected)
            {
                Assert.True(seen.Count < mostFrames, $"the total was {string.Join(", ", seen)} and never {expected}");
                JsonElement message;
                do
                {
                    message = await socket.NextMessageAsync("a metrics frame", withMetrics: true);
                }
                while (message.GetProperty("type").GetString() != "metrics_update");

                seen.Add(message.GetProperty("entities").GetProperty("total").GetInt32());
            }
        }
    }
}
