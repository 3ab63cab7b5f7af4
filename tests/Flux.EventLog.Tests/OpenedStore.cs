using Flux.Core.Entities;
using Flux.Core.Log;
using Flux.Core.Series;

namespace Flux.EventLog.Tests;

/// <summary>A store whose projection is at work, whichever it is.</summary>
internal sealed class OpenedStore(
    IEventLog log, IEventLog checkedLog, IReadModel readModel, IPastStates past, ISeriesReader series, DamageReports damages, params IAsyncDisposable[] parts)
    : IAsyncDisposable
{
    public IEventLog Log => log;

    public IEventLog Checked => checkedLog;

    public IReadModel ReadModel => readModel;

    public IPastStates Past => past;

    public ISeriesReader Series => series;

    public DamageReports Damages => damages;

    public async ValueTask DisposeAsync()
    {
        foreach (var part in parts)
        {
            await part.DisposeAsync();
        }
    }
}
