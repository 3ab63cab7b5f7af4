using Flux.Core.Log;
using Microsoft.Extensions.Logging;

namespace Flux.Grains.Connections;

internal sealed partial class ConnectionWarmUp
{
    [LoggerMessage(LogLevel.Information, "The live feed begins after position {Head}")]
    private partial void LogStarted(Position head);

    [LoggerMessage(LogLevel.Warning, "The change stream did not reach the connection grain within {Patience}; changes come from the log meanwhile")]
    private partial void LogSlow(TimeSpan patience);
}
