using Flux.Core.Log;
using Microsoft.Extensions.Logging;

namespace Flux.Providers.ChangeStreams;

internal sealed partial class ChangeQueues
{
    [LoggerMessage(LogLevel.Debug, "The queue to {Destination} is full: {First} to {Last} are left to the log")]
    private partial void LogLeftOut(Position first, Position last, SiloAddress destination);
}
