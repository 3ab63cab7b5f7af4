using System.Diagnostics.Metrics;
using Flux.Core.Entities;
using Flux.Core.Log;
using Flux.Grains.Connections;
using Flux.Grains.Namespaces;
using Flux.Server.Hosting;
using Flux.Server.Limits;
using Flux.Server.Namespaces;
using Flux.Server.Subscriptions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Flux.Server.Tests.Subscriptions.V2;

/// <summary>Real sockets and streams to a real web server in this process, without Orleans and with the log in memory.</summary>
internal sealed class HostedSubscriptions : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly MemoryEventLog _log = new();
    private readonly MemoryReadModel _readModel;
    private readonly Meter _meter = new("tests");
    private readonly MeterListener _listener = new();
    private long _lagging;
    private long _everLagged;
    private long _open;

    public HostedSubscriptions(Action<SubscriptionOptions>? configure, TimeProvider time)
    {
        _readModel = new MemoryReadModel(_log, rowsAtOnce: 100);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter == _meter && instrument.Name.StartsWith("flux.connections", StringComparison.Ordinal))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<int>((instrument, value, _, _) =>
        {
            Interlocked.Add(ref instrument.Name == "flux.connections" ? ref _open : ref _lagging, value);
            if (instrument.Name != "flux.connections" && value > 0)
            {
                Interlocked.Increment(ref _everLagged);
            }
        });
        _listener.Start();

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(time);
        builder.Services.AddSingleton(_meter);
        builder.Services.AddSingleton<IEventLog>(_log);
        builder.Services.AddSingleton<IReadModel>(_readModel);
        builder.Services.AddSingleton(FluxSettings.Read(builder.Configuration));
        builder.Services.AddSingleton<NamespaceDirectory>();
        builder.Services.AddSingleton<SystemRecords>();
        builder.Services.AddSingleton<HeadWatch>();
        builder.Services.AddSingleton<TokenUses>();
        builder.Services.AddSingleton(new GuessLimiter(perMinute: 1_000, TimeProvider.System));
        builder.Services.AddSingleton<AccessControl>();
        builder.Services.AddSubscriptions();
        builder.Services.Configure<SubscriptionOptions>(options => configure?.Invoke(options));
        _app = builder.Build();
        _app.UseMiddleware<HttpManners>();
        _app.UseSubscriptions();
        _app.MapSubscriptions();
    }

    public MemoryHistory History { get; } = new();

    public int Port => new Uri(_app.Urls.Single()).Port;

    public string StreamAddress => $"{_app.Urls.Single()}/api/stream";

    /// <summary>Gets how many sockets and streams are open.</summary>
    public long Open => Interlocked.Read(ref _open);

    /// <summary>Gets how many subscriptions read the log at the moment.</summary>
    public long Lagging => Interlocked.Read(ref _lagging);

    /// <summary>Gets how many times a subscription began to read the log.</summary>
    public long EverLagged => Interlocked.Read(ref _everLagged);

    public Guid Epoch => _log.Epoch;

    public static async Task<HostedSubscriptions> StartAsync(Action<SubscriptionOptions>? configure = null, TimeProvider? time = null)
    {
        var hosted = new HostedSubscriptions(configure, time ?? TimeProvider.System);
        await hosted._app.StartAsync();
        hosted._app.Services.GetRequiredService<ChangeDispatcher>().StartAfter(Position.Start, default);
        return hosted;
    }

    /// <summary>Waits for something that is about to be so.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(ServerFixture.Guard);
        while (!condition())
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    public Task StopAsync() => _app.StopAsync();

    /// <summary>Writes an event and tells the silo.</summary>
    public RecordedEvent Write(string id, string properties, Timestamp? recordedAt = null)
    {
        var recorded = History.Add(id, properties, recordedAt);
        _log.Add([recorded]);
        _readModel.Project(recorded.Position);
        _app.Services.GetRequiredService<ChangeDispatcher>().Dispatch([recorded]);
        _app.Services.GetRequiredService<HeadWatch>().OnConfirmed(recorded.Position);
        return recorded;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _listener.Dispose();
        _meter.Dispose();
    }
}
