namespace Flux.Grains.Work;

/// <summary>The board on which all silos write what long work is under way, and look whether it was called off. There is one; its key is <see cref="Key"/>.</summary>
/// <remarks>It only knows: the work is done by the silo that was asked. It is in memory, so after the loss of its silo it is learnt again from the next reports.</remarks>
[Alias("flux.work")]
public interface IWorkGrain : IGrainWithStringKey
{
    /// <summary>The key of the only one.</summary>
    const string Key = "work";

    /// <summary>Writes a new piece of work on the board.</summary>
    /// <returns>False when one of its kind is there that has not ended.</returns>
    [Alias("begin")]
    Task<bool> BeginAsync(WorkItem item);

    /// <summary>Takes over work that waits for who fetches its file.</summary>
    /// <param name="id">The work.</param>
    /// <param name="key">What it was given out with.</param>
    /// <returns>The work, which is running now; null when there is none that waits for this key.</returns>
    [Alias("claim")]
    Task<WorkItem?> ClaimAsync(string id, string key);

    /// <summary>Says how far a piece of work is, or that it has ended.</summary>
    /// <returns>False when it is not to go on.</returns>
    [Alias("report")]
    Task<bool> ReportAsync(WorkItem item);

    /// <summary>Calls a piece of work off.</summary>
    /// <returns>False when there is none that has not ended.</returns>
    [Alias("cancel")]
    Task<bool> CancelAsync(string id);

    /// <summary>Gives all that is on the board, the newest first.</summary>
    [Alias("list")]
    Task<WorkItem[]> ListAsync();
}
