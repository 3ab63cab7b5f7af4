using System.Net.Http.Headers;
using System.Text.Json;
using Flux.Dashboard.Hosting;

namespace Flux.Dashboard.Api;

/// <summary>
/// The connections to this server's own API. The console has no other way in, so every right is checked where it is checked for everybody.
/// </summary>
internal sealed class ApiConnection(DashboardOptions options) : IDisposable
{
    private const string Next = "; rel=\"next\"";
    private static readonly byte[] Nothing = "null"u8.ToArray(); // the body of an answer without one

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false })
    {
        Timeout = TimeSpan.FromSeconds(20), // a guard; the server answers within its own limits
    };

    /// <summary>Gets the server's address.</summary>
    public Uri Address => options.Server();

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    /// <summary>Asks the server.</summary>
    /// <param name="method">The method.</param>
    /// <param name="target">Path and query.</param>
    /// <param name="body">The body as JSON; null for none.</param>
    /// <param name="token">The token to show; null for none.</param>
    /// <param name="cancellationToken">Stops waiting; what the request does may have been done.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="ApiException">The server refused, or did not answer.</exception>
    public async Task<ApiAnswer> SendAsync(HttpMethod method, string target, string? body, string? token, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(Address, target));
        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        if (body is not null)
        {
            request.Content = new StringContent(body, new MediaTypeHeaderValue("application/json"));
        }

        try
        {
            using var response = await _http.SendAsync(request, cancellationToken);
            var bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            using var json = JsonDocument.Parse(bytes.Length > 0 ? bytes : Nothing, new JsonDocumentOptions { MaxDepth = 1000 });
            var root = json.RootElement.Clone();
            return response.IsSuccessStatusCode ? new ApiAnswer(root, NextOf(response)) : throw new ApiException(
                (int)response.StatusCode,
                TextOf(root, "code") ?? "unknown",
                TextOf(root, "error") ?? response.ReasonPhrase ?? "the request was refused");
        }
        catch (HttpRequestException e)
        {
            throw new ApiException(e);
        }
        catch (TaskCanceledException e) when (e.InnerException is TimeoutException)
        {
            throw new ApiException(e);
        }
    }

    private static string? TextOf(JsonElement root, string name) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static string? NextOf(HttpResponseMessage response) =>
        response.Headers.TryGetValues("Link", out var links)
        && links.FirstOrDefault() is { } link && link.EndsWith(Next, StringComparison.Ordinal)
            ? link[1..^(Next.Length + 1)]
            : null;
}
