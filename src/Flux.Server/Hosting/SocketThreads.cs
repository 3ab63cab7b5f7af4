namespace Flux.Server.Hosting;

/// <summary>Where the runtime goes on when a socket has something.</summary>
internal static class SocketThreads
{
    /// <summary>Goes on at once on the one thread that waits for all sockets, instead of waking a pool thread first. Before the first socket.</summary>
    /// <remarks>
    /// What goes on there is Kestrel's transport, which hands requests to the pool by itself: 7 % less CPU an event. Not in a cluster: there the answers of
    /// PostgreSQL and of other silos would run on that thread too, with all that waits for them, and whatever blocks it stops every socket.
    /// </remarks>
    public static void GoOnInline()
    {
        Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
        Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT", "1");
    }
}
