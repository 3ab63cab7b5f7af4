using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Flux.Cluster.Tests.Scenarios.Cluster;

/// <summary>One of many workers that want the same claim: it gets it, works, and releases it, or stops without a word and writes too late.</summary>
internal sealed class Contender(string name, string entity, HttpClient http, IReadOnlyList<Uri> silos, Random random, TimeProvider time)
{
    /// <summary>How long a claim is held at most, in seconds.</summary>
    public const int Ttl = 1;

    private readonly List<Holding> _holdings = [];
    private readonly List<(long Position, long Token)> _written = [];

    /// <summary>Gets the times for which it knew that it had the claim.</summary>
    public IReadOnlyList<Holding> Holdings => _holdings;

    /// <summary>Gets how many writes it made after its claim was over, and how many of them were refused.</summary>
    public (int Tried, int Refused) Late { get; private set; }

    /// <summary>Gets where the writes were recorded that it made while it had the claim, as it was told, and with which token.</summary>
    public IReadOnlyList<(long Position, long Token)> Written => _written;

    /// <summary>Works until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (!stop.IsCancellationRequested)
            {
                var asked = time.GetTimestamp();
                if (await PostAsync("/api/claims", $"{{\"entity_id\":\"{entity}\",\"owner\":\"{name}\",\"ttl\":{Ttl}}}", stop) is { Status: HttpStatusCode.OK } granted)
                {
                    await HoldAsync(granted.Body.GetProperty("token").GetInt64(), asked, time.GetTimestamp(), stop);
                }

                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(500, 3_000)), time, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The scenario ends.
        }
    }

    private async Task HoldAsync(long token, long asked, long granted, CancellationToken stop)
    {
        var holding = new Holding(name, token, granted, asked + (Ttl * time.TimestampFrequency));
        _holdings.Add(holding);
        for (var i = 0; i < 3; i++)
        {
            if (await WriteAsync(token, stop) is { Status: HttpStatusCode.OK } written)
            {
                _written.Add((written.Body.GetProperty("position").GetInt64(), token));
            }
        }

        if (random.Next(3) > 0)
        {
            holding.Until = Math.Min(holding.Until, time.GetTimestamp()); // from when it is asked for, another may have it
            if (await PostAsync("/api/claims/release", $"{{\"entity_id\":\"{entity}\",\"token\":{token}}}", stop) is null)
            {
                return; // perhaps it was never asked: the claim may be in force, and a write would not be late
            }
        }
        else
        {
            await Task.Delay(TimeSpan.FromSeconds(Ttl + 0.5), time, stop); // as if it had stood still, and knew nothing of it
        }

        var late = await WriteAsync(token, stop);
        Late = late is null ? Late : (Late.Tried + 1, Late.Refused + (late.Value.Status is HttpStatusCode.Forbidden ? 1 : 0));
    }

    private Task<(HttpStatusCode Status, JsonElement Body)?> WriteAsync(long token, CancellationToken stop) =>
        PostAsync("/api/events", string.Create(
            CultureInfo.InvariantCulture,
            $$$$"""{"stream":"test","source":"{{{{name}}}}","claim_token":{{{{token}}}},"payload":{"entity_id":"{{{{entity}}}}","properties":{"by":{{{{token}}}}}}}"""), stop);

    /// <summary>Sends a request to a silo.</summary>
    /// <returns>Null when nobody knows what became of it: a silo was lost, or was about to be.</returns>
    private async Task<(HttpStatusCode Status, JsonElement Body)?> PostAsync(string path, string json, CancellationToken stop)
    {
        try
        {
            using var content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
            using var answer = await http.PostAsync(new Uri(silos[random.Next(silos.Count)], path), content, stop);
            return answer.StatusCode >= HttpStatusCode.InternalServerError
                ? null
                : (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>(stop));
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return null;
        }
    }

    /// <summary>A time in which the claim was this contender's for certain.</summary>
    /// <param name="Owner">The contender.</param>
    /// <param name="Token">The claim's token.</param>
    /// <param name="From">When the answer was here, as a timestamp of the clock.</param>
    /// <param name="RunsOut">When it runs out, counted from when it was asked for.</param>
    internal sealed record Holding(string Owner, long Token, long From, long RunsOut)
    {
        /// <summary>Gets or sets when it ended at the latest: the claim ran out, counted from when it was asked for, or was given back.</summary>
        public long Until { get; set; } = RunsOut;
    }
}
