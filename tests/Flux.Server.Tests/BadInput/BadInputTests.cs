namespace Flux.Server.Tests.BadInput;

/// <summary>Runs the rows of the bad-input page, one test a row.</summary>
public sealed class BadInputTests(BadInputServer server, ITestOutputHelper output) : IClassFixture<BadInputServer>
{
    public static TheoryData<string> RowIds => [.. BadInputPage.Ids];

    [Theory]
    [MemberData(nameof(RowIds))]
    public async Task A_row_is_answered_as_the_page_says_and_harms_nobody(string id)
    {
        var row = BadInputPage.Find(id);
        foreach (var part in row.Waiting)
        {
            output.WriteLine($"{id} {part.Part}: {part.Text}");
        }

        foreach (var departure in row.Departures)
        {
            output.WriteLine($"{id} {departure.Text}");
        }

        Assert.SkipWhen(row.Variants.Count == 0, string.Join("; ", row.Waiting.Select(part => part.Text).Distinct()));

        await RowTrial.RunAsync(row, variant => variant.NeedsNodes ? [] : [(server.ServerOf(row, variant), 0)], output);
    }

    [Theory]
    [MemberData(nameof(RowIds))]
    public async Task A_refusal_repeated_a_thousand_times_costs_nothing(string id)
    {
        Assert.SkipUnless(RowTrial.IsLong, "only in the long run: set FLUX_LONG=1");
        var row = BadInputPage.Find(id);
        var variants = row.Variants.Where(v => v.LeavesNothing && !v.OnlyInLongRun).ToList();
        Assert.SkipWhen(variants.Count == 0, "the row has no variant that leaves nothing");

        foreach (var ofOneServer in variants.GroupBy(variant => server.ServerOf(row, variant)))
        {
            var (asked, repeated) = (ofOneServer.Key, ofOneServer.ToList());
            // A server that has just started grows by some 40 MB whatever it is asked: compiled code, and the collector's first budget.
            await RepeatAsync(asked, repeated, 1000);
            var before = ProcessFootprint.Of(asked.ProcessId);
            await RepeatAsync(asked, repeated, 1000);

            var after = ProcessFootprint.Of(asked.ProcessId);
            Assert.True(after.Bytes - before.Bytes <= 20 * 1024 * 1024, $"memory grew from {before} to {after}");
            Assert.True(after.Handles - before.Handles <= 10, $"handles grew from {before} to {after}");
            Assert.True(after.Threads - before.Threads <= 10, $"threads grew from {before} to {after}");
        }

        static async Task RepeatAsync(TormentedServer asked, List<Variant> repeated, int times)
        {
            for (var i = 0; i < times; i++)
            {
                await asked.RunAsync(repeated[i % repeated.Count]);
            }
        }
    }

    [Fact]
    public void Every_row_of_the_page_has_exactly_one_entry_and_every_entry_a_row()
    {
        var entries = BadInputPage.Rows.Select(r => r.Id).ToList();

        Assert.Equal(BadInputPage.Ids.Order(StringComparer.Ordinal), entries.Order(StringComparer.Ordinal));
        Assert.All(BadInputPage.Rows, row => Assert.True(row.Variants.Count + row.Waiting.Count > 0, $"{row.Id} is empty"));
    }

    [Fact]
    public void What_cannot_run_yet_is_listed_with_what_it_waits_for()
    {
        var waiting = BadInputPage.Rows.SelectMany(row => row.Waiting.Select(part => (row, part))).ToList();
        foreach (var (row, part) in waiting)
        {
            output.WriteLine($"{row.Id} {part.Part}: {part.Text}");
        }

        Assert.All(waiting, w => Assert.NotEqual("", w.part.WaitsFor));
    }

    [Fact]
    public void What_is_answered_otherwise_is_listed_with_its_decision_and_tried()
    {
        var departures = BadInputPage.Rows.SelectMany(row => row.Departures.Select(departure => (row, departure))).ToList();
        foreach (var (row, departure) in departures)
        {
            output.WriteLine($"{row.Id} {departure.Text}");
        }

        Assert.Equal(["H04", "M08", "M09", "W12"], departures.Select(d => d.row.Id).Order(StringComparer.Ordinal));
        Assert.All(departures, d => Assert.NotEmpty(d.row.Variants));
    }
}
