using System.Text;
using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Server.Entities;
using Flux.Server.Tests.Subscriptions;

namespace Flux.Server.Tests.Entities;

public sealed class ProvenanceTests
{
    [Fact]
    public async Task Properties_are_left_out_when_the_names_of_their_events_make_the_answer_too_large()
    {
        const int Properties = 5_000;
        var log = new MemoryEventLog();
        var properties = $"{{{string.Join(',', Enumerable.Range(0, Properties).Select(i => $"\"p{i}\":{i}"))}}}";
        var recorded = TestEvents.Of(1, "plant/pump", properties, eventId: new string('\u0001', 1_000));
        log.Add([recorded]);
        Assert.True(EntityKey.TryParse("plant/pump", out var key));

        var found = await new Provenance(log).FindAsync(
            key, new EntitySnapshot(Encoding.UTF8.GetBytes(properties), recorded.RecordedAt, Version: 1, Expiry: null), TestContext.Current.CancellationToken);

        Assert.InRange(found.Count, 1_000, Properties - 1);
    }
}
