using System.Runtime.InteropServices;
using Flux.Core.Expressions;
using Flux.Core.Log;

namespace Flux.Server.Subscriptions.V2;

/// <summary>An event with the states around it.</summary>
/// <param name="Recorded">The event.</param>
/// <param name="View">The event with the states before and after it; null when no predicate will ask for them.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct JudgedChange(RecordedEvent Recorded, ChangeView? View);
