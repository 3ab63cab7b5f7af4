using System.Runtime.InteropServices;
using Flux.Core.Entities;
using Flux.Core.Expressions;
using Flux.Core.Log;

namespace Flux.Server.Subscriptions.V2;

/// <summary>An event with the states around it, for those who have predicates.</summary>
/// <param name="Recorded">The event.</param>
/// <param name="View">The event as predicates see it; null when none will ask.</param>
/// <param name="Before">The properties before it; null without a view.</param>
/// <param name="After">The properties after it; null without a view.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct JudgedChange(RecordedEvent Recorded, ChangeView? View = null, PropertyMap? Before = null, PropertyMap? After = null);
