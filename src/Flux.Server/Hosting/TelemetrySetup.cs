using System.Diagnostics.Metrics;
using Flux.EventLog;
using Flux.EventLog.Projection;
using Flux.Server.Status;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Flux.Server.Hosting;

/// <summary>Metrics and traces, for those who ask: /metrics on the management port, and OpenTelemetry's own protocol where its variables name a collector.</summary>
internal static class TelemetrySetup
{
    private const string MeterName = "Flux";

    // From a commit in memory to the deadline of a call.
    private static readonly double[] Seconds = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
    private static readonly double[] Sizes = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2000];

    public static void AddTelemetry(this WebApplicationBuilder builder, FluxSettings settings)
    {
        var services = builder.Services;
        services.AddSingleton(provider => provider.GetRequiredService<IMeterFactory>().Create(MeterName));
        services.AddSingleton<LogInstruments>();
        services.AddSingleton<ProjectionInstruments>();
        services.AddSingleton<RefusalInstruments>();
        services.AddSingleton<Measurements>();

        var hasCollector = builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 };
        if (!hasCollector && settings.ManagementPort == 0)
        {
            return;
        }

        var telemetry = services.AddOpenTelemetry();
        telemetry.WithMetrics(metrics =>
        {
            metrics.AddMeter(MeterName, "Microsoft.AspNetCore.Server.Kestrel", "Npgsql").AddRuntimeInstrumentation();
            metrics.AddView(instrument => BoundsOf(instrument) is { } bounds ? new ExplicitBucketHistogramConfiguration { Boundaries = bounds } : null);
            if (settings.ManagementPort != 0)
            {
                metrics.AddPrometheusExporter(options => options.ScrapeResponseCacheDurationMilliseconds = 0); // of the moment it was asked for
            }

            if (hasCollector)
            {
                metrics.AddOtlpExporter();
            }
        });
        if (hasCollector)
        {
            telemetry.WithTracing(traces => traces
                .AddAspNetCoreInstrumentation()
                .AddSource("Microsoft.Orleans.Application", "Npgsql")
                .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(0.01))) // a trace for each event would cost as much as the event
                .AddOtlpExporter());
        }
    }

    /// <summary>Gives the bounds of the buckets of a histogram.</summary>
    /// <param name="instrument">The instrument.</param>
    /// <returns>The bounds; null where nobody has set any.</returns>
    public static double[]? BoundsOf(Instrument instrument) => instrument switch
    {
        { Unit: "s" } => Seconds,
        { Name: "flux.log.commit.events" } => Sizes,
        _ => null,
    };

    /// <summary>Answers /metrics and /health on the management port, and nothing else there.</summary>
    public static void UseManagementPort(this WebApplication app, FluxSettings settings)
    {
        if (settings.ManagementPort == 0)
        {
            return;
        }

        app.UseWhen(context => context.Connection.LocalPort == settings.ManagementPort, management =>
        {
            management.UseOpenTelemetryPrometheusScrapingEndpoint("/metrics");
            management.Use((context, next) => context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal)
                ? next(context)
                : Errors.WriteAsync(context, StatusCodes.Status404NotFound, ErrorCodes.NotFound, "no such path"));
        });
    }
}
