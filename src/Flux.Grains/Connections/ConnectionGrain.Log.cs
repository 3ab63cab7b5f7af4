using Flux.Core.Log;
using Microsoft.Extensions.Logging;

namespace Flux.Grains.Connections;

internal sealed partial class ConnectionGrain
{
    [LoggerMessage(LogLevel.Debug, "Positions {First} to {Last} did not arrive and were read from the log")]
    private partial void LogRepaired(Position first, Position last);

    [LoggerMessage(LogLevel.Debug, "A delivery failed; what it held will be read from the log")]
    private partial void LogDeliveryFailed(Exception e);

    [LoggerMessage(LogLevel.Warning, "The log cannot be read: changes that do not arrive by themselves have to wait")]
    private partial void LogLogIsLost(Exception e);

    [LoggerMessage(LogLevel.Information, "The log can be read again")]
    private partial void LogLogIsBack();
}
