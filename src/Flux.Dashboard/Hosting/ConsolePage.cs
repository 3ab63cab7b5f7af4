using System.Text;
using Microsoft.AspNetCore.Http;

namespace Flux.Dashboard.Hosting;

/// <summary>The page that loads the console: the same for every path and everybody.</summary>
internal static class ConsolePage
{
    private static readonly byte[] Html = Encoding.UTF8.GetBytes(
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
          <meta charset="utf-8">
          <meta name="viewport" content="width=device-width, initial-scale=1">
          <meta name="color-scheme" content="light dark">
          <title>Flux</title>
          <link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath d='M1 11c3 0 3-6 7-6s4 6 7 6' fill='none' stroke='%234a5bd4' stroke-width='2.5'/%3E%3C/svg%3E">
          <link rel="stylesheet" href="/_content/MudBlazor/MudBlazor.min.css">
          <link rel="stylesheet" href="/_content/Flux.Dashboard/console.css">
          <script src="/_framework/blazor.server.js" autostart="false" defer></script>
          <script src="/_content/MudBlazor/MudBlazor.min.js" defer></script>
          <script src="/_content/Flux.Dashboard/console.js" defer></script>
        </head>
        <body>
          <div id="console"><main class="waiting"><p>Opening the console …</p><noscript><p>The console needs JavaScript. The API at /api does not.</p></noscript></main></div>
          <div id="offline" role="alert" hidden>The connection to Flux is lost. Trying again …</div>
          <div id="blazor-error-ui" role="alert">Something went wrong in the console. <a class="reload" href="">Load it again</a></div>
        </body>
        </html>
        """);

    public static Task SendAsync(HttpContext context) => HtmlAnswer.SendAsync(context, Html);
}
