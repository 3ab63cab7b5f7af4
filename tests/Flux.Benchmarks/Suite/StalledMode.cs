namespace Flux.Benchmarks.Suite;

/// <summary>What a client asks for in case that it reads too slowly.</summary>
/// <param name="Name">What it is called in figures.</param>
/// <param name="Protocol">What all sockets of the case speak.</param>
/// <param name="Message">Its subscription.</param>
/// <param name="Stays">Whether its socket stays open.</param>
internal sealed record StalledMode(string Name, SubscriptionProtocol Protocol, string Message, bool Stays)
{
    public static IReadOnlyList<StalledMode> All { get; } =
    [
        new("classic", SubscriptionProtocol.Classic, """{"type":"subscribe","entity_id":"*"}""", Stays: true),
        Newer("catch_up", stays: true),
        Newer("conflate", stays: true),
        Newer("disconnect", stays: false),
    ];

    private static StalledMode Newer(string mode, bool stays) =>
        new(mode, SubscriptionProtocol.Newer, SocketPlan.NewerTo($"\"entity\":\"*\",\"slow\":\"{mode}\""), stays);
}
