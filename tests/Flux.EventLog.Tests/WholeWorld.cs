using System.Globalization;
using Flux.Core.Log;

namespace Flux.EventLog.Tests;

/// <summary>Fills a log with events of every kind, in commits of different sizes.</summary>
internal static class WholeWorld
{
    /// <summary>How many events it has.</summary>
    public const int Events = 700;

    private static readonly string[] Entities = ["home/lamp", "home/lamp", "home/fan", "home/é\\u0001😀", "plant/pump-1", "plant/pump-2", "plain", "", "/odd", "$flux/config"];

    public static async Task FillAsync(IEventLog log, int seed, CancellationToken cancellationToken)
    {
        var events = new TestEvents();
        var random = new Random(seed);
        for (var made = 0; made < Events;)
        {
            var batch = new List<EventToAppend>();
            for (var i = Math.Min(random.Next(1, 12), Events - made); i > 0; i--)
            {
                batch.Add(Next(events, random, ++made));
            }

            await log.AppendAsync(batch, cancellationToken);
        }
    }

    private static EventToAppend Next(TestEvents events, Random random, int number)
    {
        // Half of them are of one entity, so that it has snapshots and whole chunks of positions.
        var entity = random.Next(2) == 0 ? "home/lamp" : Entities[random.Next(Entities.Length)];
        var payload = random.Next(12) switch
        {
            0 => string.Create(CultureInfo.InvariantCulture, $$$"""{"note":"{{{number}}} has no entity"}"""),
            1 => string.Create(CultureInfo.InvariantCulture, $$$"""{"entity_id":"{{{entity}}}","n":{{{number}}}}"""),
            2 => string.Create(CultureInfo.InvariantCulture, $$$"""{"n":{{{number}}},"entity_id":"{{{entity}}}","properties":{"__deleted__":true}}"""),
            3 => string.Create(CultureInfo.InvariantCulture, $$$"""{ "entity_id":"{{{entity}}}",  "properties":{"n": [{{{number}}}, null], "é\u000b\"\\":"\u00e9\n"} }"""),
            4 => string.Create(CultureInfo.InvariantCulture, $$$"""{"entity_id":"{{{entity}}}","properties":{"big":"{{{new string('x', 9000)}}}","n":{{{number}}}}}"""),
            _ => string.Create(CultureInfo.InvariantCulture, $$$"""{"entity_id":"{{{entity}}}","properties":{"n":{{{number}}},"p{{{random.Next(5)}}}":{{{random.NextDouble()}}}}}"""),
        };
        var data = TestEvents.Data(
            payload,
            id: random.Next(3) == 0 ? string.Create(CultureInfo.InvariantCulture, $"id-é-{number}") : null,
            timestamp: random.Next(2) == 0 ? 1_700_000_000_000 + number : null,
            source: random.Next(2) == 0 ? "sensor\t\"7\"" : "test",
            key: random.Next(3) == 0 ? "key" : null);
        return events.Next(data, number > 20 && random.Next(4) == 0 ? new Position(random.Next(1, number - 15)) : null);
    }
}
