using System.Text.Json;
using Flux.Testing.Load;

namespace Flux.Cluster.Tests.Scenarios.Cluster;

/// <summary>Single events that a scenario sends by itself, beside its load.</summary>
internal static class Probes
{
    /// <summary>An event that sets one property to its own id. The note travels to the log and nowhere else.</summary>
    public static OutgoingEvent Event(string id, string entity) => OutgoingEvent.Create(
        id, "scenario", $$$"""{"entity_id":{{{JsonSerializer.Serialize(entity)}}},"note":"note-{{{id}}}","properties":{"v":"{{{id}}}"}}""");

    /// <summary>The bytes of that note.</summary>
    public static byte[] Note(string id) => System.Text.Encoding.UTF8.GetBytes($"note-{id}");
}
