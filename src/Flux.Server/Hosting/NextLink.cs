using System.Text;

namespace Flux.Server.Hosting;

/// <summary>Tells in a header where the next page is, so that the body stays what it would be without pages.</summary>
internal static class NextLink
{
    /// <summary>Sets the header.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="path">The path of the endpoint.</param>
    /// <param name="parameters">The parameters of the next request; those that are null are left out.</param>
    public static void Set(HttpResponse response, string path, params ReadOnlySpan<(string Name, string? Value)> parameters)
    {
        var link = new StringBuilder("<").Append(path);
        var separator = '?';
        foreach (var (name, value) in parameters)
        {
            if (value is not null)
            {
                link.Append(separator).Append(name).Append('=').Append(Uri.EscapeDataString(value));
                separator = '&';
            }
        }

        response.Headers.Link = link.Append(">; rel=\"next\"").ToString();
        response.Headers.AppendCommaSeparatedValues("Access-Control-Expose-Headers", "Link"); // scripts of other origins see no header that is not named
    }
}
