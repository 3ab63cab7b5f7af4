namespace Flux.Benchmarks.Sockets;

/// <summary>What protocols are called in figures.</summary>
internal static class ProtocolNames
{
    public const string Classic = "classic";

    public const string Newer = "flux.v2";

    public static string Of(SubscriptionProtocol protocol) => protocol == SubscriptionProtocol.Classic ? Classic : Newer;

    /// <summary>Adds the protocol to a subject, but for the classic one: its figures keep the names that they had before there was another.</summary>
    public static string Subject(string subject, SubscriptionProtocol protocol) =>
        protocol == SubscriptionProtocol.Classic ? subject : $"{subject}, {Newer}";
}
