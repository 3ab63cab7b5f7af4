using System.Buffers;
using System.Globalization;
using System.Text;
using Flux.Core.Entities;
using Flux.Core.Json;
using Flux.Core.Log;

namespace Flux.Server.Subscriptions;

/// <summary>Sends the metrics frame to every socket. Source: wire-contract section 15.</summary>
internal sealed partial class MetricsUpdates(ChangeDispatcher dispatcher, IReadModel entities, TimeProvider time, ILogger<MetricsUpdates> logger)
    : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    private readonly ILogger<MetricsUpdates> _logger = logger;
    private readonly ArrayBufferWriter<byte> _text = new(256);
    private readonly FrameEncoder _encoder = new();

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                TrySend();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private void TrySend()
    {
        try
        {
            Send();
        }
        catch (Exception e)
        {
            LogFailed(e); // the next frame tells all that this one would have told
        }
    }

    private void Send()
    {
        var traffic = dispatcher.Measure();
        if (traffic.Connections.Length == 0)
        {
            return;
        }

        _text.ResetWrittenCount();
        _text.Write("{\"type\":\"metrics_update\",\"timestamp\":"u8);
        JsonWrite.Time(_text, Timestamp.From(time.GetUtcNow()), "Z"u8);
        _text.Write(Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $",\"entities\":{{\"total\":{entities.EntityCount}}},\"events\":{{\"total\":{traffic.Applied},\"rate_per_second\":{traffic.Rate}}},\"websocket\":{{\"connections\":{traffic.Connections.Length}}},\"publishers\":{{\"active\":{traffic.Publishers}}}}}")));
        _encoder.Clear();
        _encoder.WriteText(_text.WrittenSpan);
        var frame = _encoder.Written.ToArray();
        foreach (var connection in traffic.Connections)
        {
            connection.Outbox.OfferIfIdle(frame);
        }
    }
}
