using Flux.Core.Log;
using Orleans.Serialization.Invocation;

namespace Flux.Grains.Tests;

public sealed class ResponsePoolsTests
{
    [Fact]
    public void A_thread_that_only_takes_answers_keeps_no_more_than_a_bounded_number()
    {
        ResponsePools.Bound();
        var sources = Enumerable.Range(0, ResponsePools.MaxKept * 4).Select(_ => new ResponseCompletionSource<AppendResult>()).ToList();
        var kept = new HashSet<object>(ReferenceEqualityComparer.Instance);

        // A thread of its own has nothing from other tests.
        var thread = new Thread(() =>
        {
            sources.ForEach(ResponseCompletionSourcePool.Return);
            sources.ForEach(_ => kept.Add(ResponseCompletionSourcePool.Get<AppendResult>()));
        });
        thread.Start();
        thread.Join();

        Assert.Equal(ResponsePools.MaxKept, sources.Count(kept.Contains));
    }
}
