using System.Globalization;
using Flux.Testing.Processes;

namespace Flux.Server.Tests.BadInput;

/// <summary>What a server with a management port tells of itself.</summary>
internal static class ServerMetrics
{
    private const string Port = "FLUX_MANAGEMENT_PORT";

    /// <summary>Gives a server its management port, from its next start on.</summary>
    public static void Configure(ServerFixture server) => server.Environment[Port] = $"{FreePort.Next()}";

    /// <summary>Reads all series, each a name with its labels, and what they stand at.</summary>
    public static async Task<IReadOnlyList<(string Series, double Value)>> ReadAsync(ServerFixture server)
    {
        await using var http = await RawHttp.ConnectAsync(int.Parse(server.Environment[Port], CultureInfo.InvariantCulture));
        var answer = await http.ExchangeAsync(RawRequest.Get("/metrics"));
        Assert.True(answer.Status == 200, $"the metrics: {answer}");
        return [.. answer.Text.Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(Parse)];
    }

    private static (string Series, double Value) Parse(string line)
    {
        // name{labels} value time; a label may hold blanks.
        var end = line.IndexOf(' ', Math.Max(0, line.LastIndexOf('}')));
        return (line[..end], double.Parse(line[(end + 1)..].Split(' ')[0], CultureInfo.InvariantCulture));
    }
}
