using Flux.Dashboard.Hosting;
using Flux.Server.Hosting;
using Microsoft.AspNetCore.Hosting.Server;

namespace Flux.Server.Dashboard;

/// <summary>The console at /: a client of this server's own API, on a branch of its own before everything else, so that no request of the API passes through it.</summary>
internal static class ConsoleSetup
{
    public static void AddConsole(this WebApplicationBuilder builder, FluxSettings settings)
    {
        if (settings.HasConsole)
        {
            builder.AddDashboard(services => new DashboardOptions
            {
                Server = () => new Uri($"http://127.0.0.1:{ListeningPort.Of(services.GetRequiredService<IServer>())}/"),
                AllowedOrigins = settings.AllowedOrigins,
                HasAuthentication = settings.IsAuthEnabled,
            });
        }
    }

    public static void UseConsole(this WebApplication app, FluxSettings settings)
    {
        if (settings.HasConsole)
        {
            app.MapWhen(
                context => DashboardSetup.Owns(context.Request.Path) && context.Connection.LocalPort != settings.ManagementPort,
                console => console.UseDashboard());
        }
    }
}
