using System.Buffers;
using System.Globalization;
using System.Text;
using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Json;
using Flux.Core.Log;
using Flux.Grains.Namespaces;

namespace Flux.Server.Subscriptions;

/// <summary>Sends the metrics frame to every socket. Source: wire-contract section 15.</summary>
internal sealed partial class MetricsUpdates(
    ChangeDispatcher dispatcher, IReadModel entities, NamespaceDirectory directory, TimeProvider time, ILogger<MetricsUpdates> logger)
    : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    // A store that does not answer must not keep the frames back.
    private static readonly TimeSpan CountPatience = TimeSpan.FromSeconds(1);

    private readonly ILogger<MetricsUpdates> _logger = logger;
    private readonly ArrayBufferWriter<byte> _text = new(256);
    private readonly FrameEncoder _encoder = new();
    private long _hidden; // entities that are nobody's business, as of the last count

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await TrySendAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private async Task TrySendAsync(CancellationToken stoppingToken)
    {
        try
        {
            await SendAsync(stoppingToken);
        }
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
        {
            LogFailed(e); // the next frame tells all that this one would have told
        }
    }

    private async Task SendAsync(CancellationToken stoppingToken)
    {
        var traffic = dispatcher.Measure();
        if (traffic.Connections.Length == 0)
        {
            return;
        }

        await CountHiddenAsync(stoppingToken);
        var total = Math.Max(0, entities.EntityCount - _hidden); // counted a moment apart

        _text.ResetWrittenCount();
        _text.Write("{\"type\":\"metrics_update\",\"timestamp\":"u8);
        JsonWrite.Time(_text, Timestamp.From(time.GetUtcNow()), "Z"u8);
        _text.Write(Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $",\"entities\":{{\"total\":{total}}},\"events\":{{\"total\":{traffic.Applied},\"rate_per_second\":{traffic.Rate}}},\"websocket\":{{\"connections\":{traffic.Connections.Length}}},\"publishers\":{{\"active\":{traffic.Publishers}}}}}")));
        _encoder.Clear();
        _encoder.WriteText(_text.WrittenSpan);
        var frame = _encoder.Written.ToArray();
        foreach (var connection in traffic.Connections)
        {
            if (connection.WantsMetrics)
            {
                connection.Outbox.OfferIfIdle(frame);
            }
        }
    }

    private async Task CountHiddenAsync(CancellationToken stoppingToken)
    {
        using var patience = new CancellationTokenSource(CountPatience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stoppingToken);
        try
        {
            List<string> hidden = [SystemEntity.Namespace, .. directory.All.Where(record => record.IsHidden).Select(record => record.Name)];
            _hidden = await entities.CountAsync(hidden, either.Token);
        }
        catch (Exception e) when (e is EventLogUnavailableException || patience.IsCancellationRequested)
        {
            LogNotCounted(e); // the last count serves
        }
    }
}
