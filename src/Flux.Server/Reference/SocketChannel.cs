namespace Flux.Server.Reference;

/// <summary>A way to speak on the WebSocket, as the reference shows it.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Description">What it is, in Markdown.</param>
/// <param name="Subprotocol">The subprotocol that selects it; null for none.</param>
/// <param name="Schemas">What members of messages may be, by the names that messages use: an object of JSON Schemas.</param>
internal sealed record SocketChannel(string Id, string Description, string? Subprotocol, string Schemas)
{
    public required IReadOnlyList<SocketMessage> FromClient { get; init; }

    public required IReadOnlyList<SocketMessage> FromServer { get; init; }
}
