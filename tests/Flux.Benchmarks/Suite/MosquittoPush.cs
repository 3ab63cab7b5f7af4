using System.Buffers;
using System.Buffers.Text;
using System.Text;
using MQTTnet;
using MQTTnet.Protocol;

namespace Flux.Benchmarks.Suite;

/// <summary>Messages over Mosquitto, which keeps none of them: acknowledged to the publisher (QoS 1), delivered at most once (QoS 0) to one subscriber of everything.</summary>
internal sealed class MosquittoPush(ListeningServer server, TimeProvider clock) : IPushYardstick
{
    private const int Publishers = 16;
    private const string Topic = "bench/";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    public string Name => "Mosquitto";

    public async Task<PushYardstickResult> MeasureAsync(int rate, TimeSpan duration, CancellationToken cancellationToken)
    {
        var factory = new MqttClientFactory();
        using var subscriber = await ConnectAsync(factory, cancellationToken);
        var (latencies, arrived) = (new LatencyRecorder(), 0L);
        subscriber.ApplicationMessageReceivedAsync += received =>
        {
            // One message at a time.
            latencies.Record(Stamp.Since(StampOf(received.ApplicationMessage.Payload)));
            Interlocked.Increment(ref arrived);
            return Task.CompletedTask;
        };
        await subscriber.SubscribeAsync($"{Topic}#", MqttQualityOfServiceLevel.AtMostOnce, cancellationToken);
        var publishers = new List<IMqttClient>();
        try
        {
            while (publishers.Count < Publishers)
            {
                publishers.Add(await ConnectAsync(factory, cancellationToken));
            }

            var messages = (long)(rate * duration.TotalSeconds);
            var (lateness, answers) = await Task.Factory.StartNew(
                () => Pace(publishers, rate, messages, cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            await Task.WhenAll(answers);
            var start = clock.GetTimestamp();
            while (Interlocked.Read(ref arrived) < messages && clock.GetElapsedTime(start) < Limit)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(5), clock, cancellationToken);
            }

            return new PushYardstickResult(latencies.Summarize(), messages - Interlocked.Read(ref arrived), lateness);
        }
        finally
        {
            publishers.ForEach(publisher => publisher.Dispose());
        }
    }

    private static (LatencySummary Lateness, List<Task> Answers) Pace(
        List<IMqttClient> publishers, int rate, long messages, CancellationToken cancellationToken)
    {
        var (before, after) = ($"{{\"properties\":{{{Encoding.ASCII.GetString(EventText.BeforeFirstValue)}", "}}");
        var lateness = new LatencyRecorder();
        var answers = new List<Task>();
        var (start, interval) = (Stopwatch.GetTimestamp(), (double)Stopwatch.Frequency / rate);
        for (var number = 0L; number < messages; number++)
        {
            var due = start + (long)(number * interval);
            Pacer.WaitUntil(due);
            lateness.Record(Stopwatch.GetElapsedTime(due));
            var message = new MqttApplicationMessage
            {
                Topic = Topic + EventText.EntityNumber((int)(number % 1000)),
                Payload = new ReadOnlySequence<byte>(Encoding.ASCII.GetBytes($"{before}{Stamp.At(due)}{after}")),
                QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
            };
            answers.Add(publishers[(int)(number % publishers.Count)].PublishAsync(message, cancellationToken));
        }

        return (lateness.Summarize(), answers);
    }

    private static long StampOf(ReadOnlySequence<byte> payload)
    {
        var text = payload.IsSingleSegment ? payload.FirstSpan : payload.ToArray();
        var at = text.IndexOf(EventText.BeforeFirstValue) + EventText.BeforeFirstValue.Length;
        return Utf8Parser.TryParse(text[at..], out long stamp, out _) ? stamp : throw new BenchmarkException("A message has no stamp.");
    }

    private async Task<IMqttClient> ConnectAsync(MqttClientFactory factory, CancellationToken cancellationToken)
    {
        var client = factory.CreateMqttClient();
        try
        {
            await client.ConnectAsync(factory.CreateClientOptionsBuilder().WithTcpServer("127.0.0.1", server.Port).Build(), cancellationToken);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }
}
