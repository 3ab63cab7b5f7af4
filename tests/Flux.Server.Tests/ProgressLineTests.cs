using Flux.EventLog;
using Flux.Server.Hosting;

namespace Flux.Server.Tests;

public sealed class ProgressLineTests
{
    [Theory]
    [InlineData(0, 0, 0, "verify [------------------------]   0 %  0 of 3,000,000 events")]
    [InlineData(1_500_000, 1_500_000, 10, "verify [############------------]  50 %  1,500,000 of 3,000,000 events, 150,000/s, 0:10 left")]
    [InlineData(2_000_000, 500_000, 10, "verify [################--------]  66 %  2,000,000 of 3,000,000 events, 50,000/s, 0:20 left")]
    [InlineData(1, 1, 2, "verify [------------------------]   0 %  1 of 3,000,000 events, 0/s, 1666 h 39 min left")]
    [InlineData(3_000_000, 3_000_000, 10, "verify [########################] 100 %  3,000,000 of 3,000,000 events, 300,000/s")]
    public void It_shows_the_part_the_number_the_rate_and_the_time_left(long doneInAll, long done, int seconds, string line) =>
        Assert.Equal(line, ProgressLine.Format("verify", new LogProgress("events", doneInAll, 3_000_000), done, TimeSpan.FromSeconds(seconds)));
}
