using System.Reflection;
using Orleans.Serialization.Invocation;

namespace Flux.Grains;

/// <summary>The objects in which answers of grains are awaited. Orleans keeps each for its next call, on the thread that took the answer.</summary>
/// <remarks>
/// Nobody takes them from there while other threads begin the calls, so they pile up: 64 bytes for every event, for as long as the thread lives. Orleans 10.4.2
/// has a bound for it, without a public way to set it.
/// </remarks>
public static class ResponsePools
{
    /// <summary>How many a thread keeps of each type: more than it has calls under way.</summary>
    public const int MaxKept = 256;

    /// <summary>Bounds what is kept of the answers of all our grains.</summary>
    /// <exception cref="InvalidOperationException">This version of Orleans has no such bound.</exception>
    public static void Bound()
    {
        var contracts = typeof(ResponsePools).Assembly.GetTypes().Where(IsContract);
        foreach (var answer in contracts.SelectMany(contract => contract.GetMethods()).Select(method => method.ReturnType).Distinct())
        {
            var pool = answer.IsGenericType ? PoolOf(answer.GetGenericArguments()[0]) : UntypedPool();
            var bound = pool.GetType().GetProperty("MaxPoolSize") ?? throw Unknown();
            bound.SetValue(pool, MaxKept);
        }
    }

    private static bool IsContract(Type type) => type.IsInterface && typeof(IAddressable).IsAssignableFrom(type);

    private static object PoolOf(Type result) =>
        typeof(ResponseCompletionSourcePool).GetNestedType("TypedPool`1", BindingFlags.NonPublic)?.MakeGenericType(result)
            .GetField("Pool", BindingFlags.Public | BindingFlags.Static)?.GetValue(null) ?? throw Unknown();

    private static object UntypedPool() =>
        typeof(ResponseCompletionSourcePool).GetField("UntypedPool", BindingFlags.NonPublic | BindingFlags.Static)?.GetValue(null) ?? throw Unknown();

    private static InvalidOperationException Unknown() => new("the pools of this version of Orleans are not known: look whether they are bounded now");
}
