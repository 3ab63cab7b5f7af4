namespace Flux.Server.Hosting;

/// <summary>The server cannot start with these settings; the message says what to change.</summary>
internal sealed class SettingsException(string message) : Exception(message);
