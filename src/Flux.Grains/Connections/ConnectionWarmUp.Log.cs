using Flux.Core.Log;
using Microsoft.Extensions.Logging;

namespace Flux.Grains.Connections;

internal sealed partial class ConnectionWarmUp
{
    [LoggerMessage(LogLevel.Information, "The live feed begins after position {Head}")]
    private partial void LogStarted(Position head);

    [LoggerMessage(LogLevel.Warning, "The connection grain of this silo was not reached; changes come from the log until the stream is there")]
    private partial void LogLater(Exception exception);
}
