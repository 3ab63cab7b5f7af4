using System.Text;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;

namespace Flux.Benchmarks.Load;

/// <summary>Publishes the same events to NATS JetStream, one subject for each entity, file storage; each connection waits for its acknowledgement before it goes on.</summary>
internal sealed class JetStreamLoad(int port, SingleLoad load, TimeProvider clock)
{
    private const string StreamName = "bench";

    private readonly string _before = EventText.BeforeEntity(clock);

    private long _failures;

    public async Task<LoadResult> RunAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        var connections = Enumerable.Range(0, load.Connections).Select(_ => Connect()).ToList();
        try
        {
            foreach (var connection in connections)
            {
                await connection.ConnectAsync();
            }

            await new NatsJSContext(connections[0]).CreateOrUpdateStreamAsync(
                new StreamConfig(StreamName, [$"{StreamName}.>"]) { Storage = StreamConfigStorage.File }, cancellationToken);
            _failures = 0;
            var cpu = ProcessUsage.OfSelf().Cpu;
            var start = Stopwatch.GetTimestamp();
            var parts = await Task.WhenAll(connections.Select((connection, number) => PublishAsync(connection, number, start, duration, cancellationToken)));
            var elapsed = Stopwatch.GetElapsedTime(start);
            cpu = ProcessUsage.OfSelf().Cpu - cpu;
            await Task.Yield();
            var all = new LatencyRecorder();
            foreach (var part in parts)
            {
                all.Add(part);
            }

            return new LoadResult(all.Count - _failures, _failures, elapsed, all.Summarize(), cpu);
        }
        finally
        {
            foreach (var connection in connections)
            {
                await connection.DisposeAsync();
            }
        }
    }

    private NatsConnection Connect() => new(new NatsOpts { Url = string.Create(CultureInfo.InvariantCulture, $"nats://127.0.0.1:{port}") });

    private async Task<LatencyRecorder> PublishAsync(
        NatsConnection connection, int number, long start, TimeSpan duration, CancellationToken cancellationToken)
    {
        const EventShape Shape = EventShape.Reading;
        var stream = new NatsJSContext(connection);
        var latencies = new LatencyRecorder();
        var random = new Random(number);
        while (Stopwatch.GetElapsedTime(start) < duration)
        {
            var entity = EventText.EntityNumber(random.Next(load.Entities));
            var text = $"{_before}{entity}{EventText.BeforeValue(Shape)}{Stamp.Now()}{EventText.AfterValue(Shape)}";
            var sent = Stopwatch.GetTimestamp();
            var ack = await stream.PublishAsync($"{StreamName}.{entity}", Encoding.UTF8.GetBytes(text), cancellationToken: cancellationToken);
            latencies.Record(Stopwatch.GetElapsedTime(sent));
            if (ack.Error is not null)
            {
                Interlocked.Increment(ref _failures);
            }
        }

        return latencies;
    }
}
