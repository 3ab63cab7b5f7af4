using Flux.Testing.History;
using Flux.Testing.Processes;

namespace Flux.Cluster.Tests.Scenarios;

/// <summary>The events that the server makes by itself: claims, and what became due. Nobody sends them, so that the checker would call them phantoms.</summary>
internal static class OwnEvents
{
    private static readonly string[] Streams = ["flux.events.claims", "flux.events.expiry"];

    /// <summary>
    /// Puts them into the history as something that was asked for since a time and granted: the scenario says itself which there must be, and the checker
    /// judges all else about them, such as place, version, hash, fold and pushes. Ingest must have stopped, and nothing may be due any more.
    /// </summary>
    /// <param name="recorder">The history.</param>
    /// <param name="dump">Dumps the log as it is now.</param>
    /// <param name="since">The time.</param>
    /// <param name="isTimed">Whether the scenario gave an entity a time or a claim: the server has no reason to make an event of any other.</param>
    /// <returns>How many there are of each entity that was given one.</returns>
    public static async Task<Dictionary<string, int>> AdmitAsync(
        HistoryRecorder recorder, Func<HistoryRecorder, Task> dump, long since, Predicate<string> isTimed)
    {
        using var directory = new TemporaryDirectory();
        await using (var log = new HistoryRecorder(directory.Path))
        {
            await dump(log);
        }

        var own = HistoryReader.Read(directory.Path, HistoryFiles.Log, HistoryJson.Default.RowRecord)
            .Select(line => line.Record).Where(row => Streams.Contains(row.Stream, StringComparer.Ordinal) && row.Entity is { } entity && isTimed(entity)).ToList();
        foreach (var row in own)
        {
            recorder.Add(new RequestRecord
            {
                Sent = since,
                Answered = HistoryRecorder.Now(),
                Client = "server",
                Node = "server",
                Kind = RequestRecord.Publish,
                Status = 200,
                Events =
                [
                    new EventRecord
                    {
                        Stream = row.Stream,
                        Source = row.Source,
                        Key = row.Key,
                        Schema = row.Schema,
                        Timestamp = row.Timestamp,
                        Payload = row.Payload,
                        AckedEventId = row.EventId,
                        AckedStream = row.Stream,
                        Position = row.Position,
                        Version = row.Version,
                    },
                ],
            });
        }

        return own.CountBy(row => row.Entity!, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
    }
}
