using System.Net.WebSockets;
using System.Runtime.InteropServices;

namespace Flux.Server.Subscriptions;

/// <summary>With what the server ends a socket.</summary>
/// <param name="Code">One of <see cref="CloseCode"/>.</param>
/// <param name="Text">Why, for a person, in 123 bytes at most; null when the code says it all. Source: RFC 6455, section 5.5.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct CloseReason(WebSocketCloseStatus Code, string? Text = null);
