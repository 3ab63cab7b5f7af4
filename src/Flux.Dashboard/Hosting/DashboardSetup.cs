using Flux.Dashboard.Api;
using Flux.Dashboard.Reference;
using Flux.Dashboard.Shell;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor.Services;

namespace Flux.Dashboard.Hosting;

/// <summary>The console as a part of a web server.</summary>
/// <remarks>
/// Its page is a plain text that is the same for everybody and asks for the one root component by name. So there is nothing in it that only
/// the server that sent it could read: any server of a cluster can serve the page, and any other the socket. Only WebSockets are spoken,
/// without a negotiation before, so nothing has to reach the same server twice. See docs/decisions/0025.
/// </remarks>
public static class DashboardSetup
{
    private const string Socket = "/_blazor";

    /// <summary>The longest message of a browser: an event of the largest size that the server takes, and what is around it.</summary>
    private const int MaxMessageBytes = 2 * 1024 * 1024;

    // Most come back at once or never.
    private const int LostPagesKept = 20;

    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    private static readonly PathString[] Branches = [Socket, "/_content", "/_framework"];

    private static readonly HashSet<string> Pages = new(StringComparer.Ordinal) { "/", "/entity", "/stream", "/event", "/replay", "/publish", "/namespaces", "/operator", "/work" };

    /// <summary>Adds what the console needs.</summary>
    /// <param name="builder">The web server.</param>
    /// <param name="options">What the console has to know.</param>
    public static void AddDashboard(this WebApplicationBuilder builder, Func<IServiceProvider, DashboardOptions> options)
    {
        builder.WebHost.UseStaticWebAssets(); // in a build that is not published the files lie where they came from
        var services = builder.Services;
        services.AddSingleton(options);
        services.AddSingleton<ApiConnection>();
        services.AddScoped<Session>();
        services.AddScoped<FluxApi>();
        services.AddMudServices();
        services.AddSupplyValueFromQueryProvider(); // parameters of views in their addresses
        services.Configure<KeyManagementOptions>(
            keys => (keys.XmlRepository, keys.XmlEncryptor) = (new KeysInMemory(), new NullXmlEncryptor()));
        services.AddServerSideBlazor(circuits =>
        {
            circuits.RootComponents.RegisterForJavaScript<App>("console");
            circuits.DisconnectedCircuitMaxRetained = LostPagesKept;
            circuits.DisconnectedCircuitRetentionPeriod = TimeSpan.FromMinutes(1);
        }).AddHubOptions(hub => hub.MaximumReceiveMessageSize = MaxMessageBytes);
    }

    /// <summary>Says whether a path is the console's.</summary>
    /// <param name="path">The path.</param>
    /// <returns>True for its pages, its files and its socket.</returns>
    public static bool Owns(PathString path) =>
        path.Value is { } text && (text == ReferencePage.Path || Pages.Contains(text)
            || (text.StartsWith("/_", StringComparison.Ordinal) && Array.Exists(Branches, branch => path.StartsWithSegments(branch, StringComparison.Ordinal))));

    /// <summary>Answers the console's requests. Only those that <see cref="Owns"/> may come here.</summary>
    /// <param name="console">The branch of the web server's pipeline for them.</param>
    public static void UseDashboard(this IApplicationBuilder console)
    {
        console.UseMiddleware<ConsoleManners>();
        console.UseRouting();
        console.UseEndpoints(endpoints =>
        {
            endpoints.MapStaticAssets();
            endpoints.MapReferencePage();
            endpoints.MapBlazorHub(Socket, socket => socket.Transports = HttpTransportType.WebSockets);
            foreach (var page in Pages)
            {
                endpoints.MapMethods(page, Reading, (RequestDelegate)ConsolePage.SendAsync);
            }
        });
    }
}
