namespace Flux.Testing.Subscriptions;

/// <summary>A frame as it came.</summary>
/// <param name="Raw">Its bytes.</param>
/// <param name="Event">The name and the id of the server-sent event that it was; null for a frame of a socket.</param>
internal readonly record struct FeedItem(byte[] Raw, (string Name, string Id)? Event);
