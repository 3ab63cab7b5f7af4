using System.Runtime.InteropServices;
using Flux.Server.Namespaces;

namespace Flux.Server.Limits;

/// <summary>What the limits of its namespace say to an event.</summary>
/// <param name="Refusal">Why it is refused; null when it is not.</param>
/// <param name="Tally">Who has to hear of its outcome; null for nobody.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Admission(Refusal? Refusal, EntityTally? Tally)
{
    /// <summary>Gets the admission of an event that nobody counts.</summary>
    public static Admission Free => default;

    /// <summary>Takes note that the outcome is known.</summary>
    public void OnOutcome() => Tally?.OnOutcome();
}
