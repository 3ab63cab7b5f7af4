using System.Net.Sockets;
using Flux.Core.Log;
using Flux.EventLog.PostgreSql;
using Flux.EventLog.Sqlite;
using Microsoft.AspNetCore.Connections;

namespace Flux.Server.Hosting;

/// <summary>Failures of a start that a person can mend, each as one line.</summary>
internal static class StartupFailure
{
    /// <summary>Says what to mend; null for a defect.</summary>
    public static string? Describe(Exception exception) => exception switch
    {
        SettingsException e => e.Message,
        DataDirectoryInUseException e => e.Message,
        DataDirectoryUnusableException e => e.Message,
        PostgreSqlUnusableException e => e.Message,
        EventLogUnavailableException e => e.Message,
        InvalidDataException e => e.Message,
        AddressInUseException => "the port is taken by another process; set PORT to another one",
        IOException { InnerException: AddressInUseException } => "the port is taken by another process; set PORT to another one",
        SocketException { SocketErrorCode: SocketError.AccessDenied } => "the port may not be opened by this user; set PORT to one above 1023",
        AggregateException { InnerExceptions: [var only] } => Describe(only),
        _ => null,
    };
}
