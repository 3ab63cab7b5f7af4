namespace Flux.Client.Tests;

/// <summary>Waits that end.</summary>
internal static class InTimeExtensions
{
    // A guard against hanging, and no target.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public static async Task<T> InTime<T>(this Task<T> task, string what)
    {
        try
        {
            return await task.WaitAsync(Limit, TimeProvider.System, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{what} did not come within {Limit}", e);
        }
    }
}
