namespace Flux.Grains.Demo;

/// <summary>The demo world of the cluster: a small plant and the team that looks after it. There is one, with key 0.</summary>
[Alias("flux.demo")]
public interface IDemoGrain : IGrainWithIntegerKey
{
    /// <summary>Starts it, unless it runs.</summary>
    /// <param name="owner">Who asks, for the audit trail of its namespace; null when nobody can own one.</param>
    /// <returns>Null when it runs; else what else uses its namespace.</returns>
    [Alias("start")]
    Task<string?> StartAsync(string? owner);

    /// <summary>Gets how it stands.</summary>
    /// <returns>The answer.</returns>
    [Alias("get")]
    Task<DemoStatus> GetAsync();

    /// <summary>Ends it and deletes its entities, also those that one has left that has ended before.</summary>
    /// <param name="owner">Who asks, for the audit trail of its namespace; null when nobody can own one.</param>
    /// <returns>How many entities were deleted.</returns>
    [Alias("end")]
    Task<int> EndAsync(string? owner);
}
