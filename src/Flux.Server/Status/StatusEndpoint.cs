using System.Text.Json;
using Flux.Core.Entities;
using Flux.Core.Json;
using Flux.Core.Log;
using Flux.Grains.Status;
using Flux.Server.Hosting;
using Flux.Server.Namespaces;

namespace Flux.Server.Status;

/// <summary>GET /api/admin/status: the log, and what every silo measures and holds. Whoever may set the limits may read it.</summary>
internal sealed class StatusEndpoint(
    ManagementAccess access, SiloSurvey survey, IEventLog log, ILogSize size, IReadModel readModel, TimeProvider time)
{
    // A log that does not answer is a thing to be seen here, and must not keep all else back.
    private static readonly TimeSpan LogPatience = TimeSpan.FromSeconds(2);

    public async Task GetAsync(HttpContext context)
    {
        access.RequireOperator(context.Request);
        var asked = survey.AskAsync(static silo => silo.ReadAsync(), context.RequestAborted);
        var measured = await MeasureLogAsync(context.RequestAborted);
        var silos = await asked;

        var buffer = JsonAnswer.Rent();
        JsonAnswer.Write(buffer, "{\"at\":"u8);
        JsonWrite.Time(buffer, Timestamp.From(time.GetUtcNow()), "+00:00"u8);
        JsonAnswer.Write(buffer, ",\"entities\":"u8);
        JsonWrite.Number(buffer, readModel.EntityCount);
        if (measured is (var position, var bytes))
        {
            JsonAnswer.Write(buffer, ",\"log\":{\"position\":"u8);
            JsonWrite.Number(buffer, position.Value);
            JsonAnswer.Write(buffer, ",\"bytes\":"u8);
            JsonWrite.Number(buffer, bytes);
            JsonAnswer.Write(buffer, "}"u8);
        }

        JsonAnswer.Write(buffer, ",\"silos\":"u8);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (var silo in silos)
            {
                Write(json, silo);
            }

            json.WriteEndArray();
        }

        JsonAnswer.Write(buffer, "}"u8);
        await JsonAnswer.SendAsync(context, StatusCodes.Status200OK, buffer);
    }

    private static void Write(Utf8JsonWriter json, SiloAnswer<SiloReport> silo)
    {
        json.WriteStartObject();
        json.WriteString("silo", silo.Silo.SiloAddress.ToParsableString());
        json.WriteString("name", silo.Silo.Name);
        json.WriteString("status", silo.Silo.Status.ToString());
        json.WriteBoolean("answered", silo.Answer is not null);
        if (silo.Answer is { } report)
        {
            json.WriteStartObject("grains");
            foreach (var (type, count) in report.Grains.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                json.WriteNumber(type, count);
            }

            json.WriteEndObject();
            json.WriteStartObject("values");
            foreach (var (name, value) in report.Figures.Values.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                json.WriteNumber(name, value);
            }

            json.WriteEndObject();
            json.WriteStartObject("histograms");
            foreach (var (name, histogram) in report.Figures.Histograms.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                Write(json, name, histogram);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, HistogramCounts histogram)
    {
        json.WriteStartObject(name);
        json.WriteStartArray("bounds");
        Array.ForEach(histogram.Bounds, json.WriteNumberValue);
        json.WriteEndArray();
        json.WriteStartArray("counts");
        Array.ForEach(histogram.Counts, json.WriteNumberValue);
        json.WriteEndArray();
        json.WriteNumber("sum", histogram.Sum);
        json.WriteEndObject();
    }

    private async Task<(Position Position, long Bytes)?> MeasureLogAsync(CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(LogPatience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            var head = await log.ReadHeadAsync(either.Token);
            return (head.Position, await size.ReadBytesAsync(either.Token));
        }
        catch (Exception e) when (e is EventLogUnavailableException || patience.IsCancellationRequested)
        {
            return null; // left out of the answer; the writer and the feed say so loudly
        }
    }
}
