using Flux.Core.Entities;
using Flux.EventLog.Projection;

namespace Flux.EventLog.Tests;

public sealed class ProjectedEntityCacheTests
{
    [Fact]
    public void An_entity_that_grows_after_it_was_kept_counts_with_its_new_size()
    {
        var cache = new ProjectedEntityCache(maxGenerationBytes: 10_000);
        var first = New("first");
        cache.Keep(first);
        first.Recent.AddRange(new long[2_000]);
        cache.Keep(first);
        var second = New("second");
        second.Recent.AddRange(new long[2_000]);

        cache.Keep(second); // the first generation was full
        Assert.Same(first, cache.Find("first"));
        cache.Keep(New("third")); // and so was this one

        Assert.Null(cache.Find("first"));
        Assert.Same(second, cache.Find("second"));
    }

    private static ProjectedEntity New(string id) => new(id, number: 1, EntityState.Empty, recent: []);
}
