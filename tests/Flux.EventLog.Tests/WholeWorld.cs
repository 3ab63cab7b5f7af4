using System.Globalization;
using Flux.Core.Entities;
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
        var lamp = 0;
        for (var made = 0; made < Events;)
        {
            var batch = new List<EventToAppend>();
            for (var i = Math.Min(random.Next(1, 12), Events - made); i > 0; i--)
            {
                batch.Add(Next(events, random, ++made, ref lamp));
            }

            await log.AppendAsync(batch, cancellationToken);
        }
    }

    private static EventToAppend Next(TestEvents events, Random random, int number, ref int lamp)
    {
        // Half of them are of one entity, so that it has snapshots and whole chunks of positions.
        var entity = random.Next(2) == 0 ? "home/lamp" : Entities[random.Next(Entities.Length)];

        // Its first snapshot shows something that is due.
        var kind = random.Next(12);
        lamp += entity == "home/lamp" && kind > 0 ? 1 : 0;
        var isDue = entity == "home/lamp" && kind > 0 && lamp is > 250 and < 260;
        var payload = (isDue ? 12 : kind) switch
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
        Position? cause = number > 20 && random.Next(4) == 0 ? new Position(random.Next(1, number - 15)) : null;
        return events.Next(data, cause, isDue || (data.Payload.Change.SetsProperties && random.Next(3) == 0) ? NextExpiry(random, number) : null);
    }

    private static Expiry NextExpiry(Random random, int number)
    {
        var due = new Timestamp(2_000_000_000_000_000 + number);
        return Expiry.Of(random.Next(3) == 0 ? due : null, [new DueProperty("n", due)]);
    }
}
