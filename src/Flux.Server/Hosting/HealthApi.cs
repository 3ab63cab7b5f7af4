using Flux.Core.Json;
using Flux.Server.Reference;

namespace Flux.Server.Hosting;

/// <summary>/health/live: the process answers. /health/ready: it wants traffic.</summary>
internal static class HealthApi
{
    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    public static void AddHealth(this IServiceCollection services) => services.AddSingleton<Readiness>();

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        var readiness = routes.ServiceProvider.GetRequiredService<Readiness>();
        routes.MapMethods("/health/live", Reading, (RequestDelegate)(context => AnswerAsync(context, StatusCodes.Status200OK, "live"))).Describe(HealthReference.Live);
        routes.MapMethods("/health/ready", Reading, (RequestDelegate)(context => readiness.WhyNot is not { } reason
            ? AnswerAsync(context, StatusCodes.Status200OK, "ready")
            : Errors.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, ErrorCodes.Unavailable, reason))).Describe(HealthReference.Ready);
    }

    private static Task AnswerAsync(HttpContext context, int status, string text)
    {
        var json = JsonAnswer.Rent();
        JsonAnswer.Write(json, "{\"status\":"u8);
        JsonWrite.String(json, text);
        JsonAnswer.Write(json, "}"u8);
        return JsonAnswer.SendAsync(context, status, json);
    }
}
