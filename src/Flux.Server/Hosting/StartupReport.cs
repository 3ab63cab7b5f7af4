using System.Reflection;
using Microsoft.AspNetCore.Hosting.Server;
using Npgsql;

namespace Flux.Server.Hosting;

/// <summary>What a person sees when the server has started: where it listens, where its data is, what is on and off.</summary>
internal static class StartupReport
{
    public static void Print(WebApplication app, FluxSettings settings)
    {
        var port = ListeningPort.Of(app.Services.GetRequiredService<IServer>());
        var version = typeof(StartupReport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        Console.WriteLine(
            $"""
            Flux {version} is ready.
              listening       http://localhost:{port} (all interfaces), WebSocket at /api/ws
              console         {(settings.HasConsole ? $"http://localhost:{port}/" : "off")}
              data            {Data(settings)}
              authentication  {(settings.IsAuthEnabled ? "on: writing needs a token of the namespace" : "off: anyone who reaches this port can write")}
              body limits     {settings.Limits.SingleBodyBytes} bytes for an event, {settings.Limits.BatchBodyBytes} for a batch
              rate limits     off
              cluster         {(settings.Cluster is null ? "off: this process is the whole of it" : $"on: silo {app.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress}")}
            """);
    }

    private static string Data(FluxSettings settings)
    {
        if (settings.Cluster is not { } cluster)
        {
            return $"{settings.DataDirectory} (embedded store, every event flushed to disk before it is acknowledged)";
        }

        var postgres = new NpgsqlConnectionStringBuilder(cluster.Postgres);
        var durability = cluster.AllowUnsafeDurability
            ? "UNSAFE: FLUX_POSTGRES_UNSAFE=true, a crash of the database may lose what was acknowledged"
            : "every event flushed to disk before it is acknowledged";
        return $"PostgreSQL at {postgres.Host}:{postgres.Port}, database {postgres.Database} ({durability})";
    }
}
