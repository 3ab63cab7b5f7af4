using Microsoft.AspNetCore.Http;

namespace Flux.Dashboard.Hosting;

/// <summary>Answers with a page that is the same for everybody.</summary>
internal static class HtmlAnswer
{
    /// <summary>Sends it.</summary>
    /// <param name="context">The request.</param>
    /// <param name="html">The page.</param>
    public static async Task SendAsync(HttpContext context, byte[] html)
    {
        var response = context.Response;
        response.ContentType = "text/html; charset=utf-8";
        response.Headers.CacheControl = "no-cache";
        response.ContentLength = html.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await response.Body.WriteAsync(html, context.RequestAborted);
        }
    }
}
