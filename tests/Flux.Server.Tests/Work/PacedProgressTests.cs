using Flux.EventLog;
using Flux.Server.Work;
using Microsoft.Extensions.Time.Testing;

namespace Flux.Server.Tests.Work;

public sealed class PacedProgressTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void The_rate_is_that_of_what_is_counted_now()
    {
        var progress = new PacedProgress(_time, TestContext.Current.CancellationToken);
        Assert.Null(progress.Latest.Progress.What);
        progress.Report(new LogProgress("events", 1000, 5000));
        _time.Advance(TimeSpan.FromMilliseconds(10));
        progress.Report(new LogProgress("events", 2000, 5000));
        Assert.Equal((new LogProgress("events", 2000, 5000), 100_000.0), progress.Latest);

        progress.Report(new LogProgress("entities", 10, 20));

        Assert.Equal((new LogProgress("entities", 10, 20), 0.0), progress.Latest);
    }

    [Fact]
    public void Work_that_is_called_off_ends_at_its_next_report_and_rests_no_longer()
    {
        using var off = new CancellationTokenSource();
        var progress = new PacedProgress(_time, off.Token);
        _time.Advance(TimeSpan.FromHours(1)); // it would rest as long
        off.Cancel();

        Assert.Throws<OperationCanceledException>(() => progress.Report(new LogProgress("events", 1, 2)));
    }
}
