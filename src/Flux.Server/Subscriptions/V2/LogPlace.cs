using System.Runtime.InteropServices;
using Flux.Core.Log;
using Flux.Core.Subscriptions;

namespace Flux.Server.Subscriptions.V2;

/// <summary>A place in the log that was found there: right behind a row.</summary>
/// <param name="Cursor">The cursor behind the row.</param>
/// <param name="Time">What a clock shows there; null at the beginning of the log, which has no time.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct LogPlace(Cursor Cursor, Timestamp? Time)
{
    /// <summary>Gets the position of the row.</summary>
    public Position Position => Cursor.Position;
}
