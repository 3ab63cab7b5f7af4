using Flux.Testing.History;
using Flux.Testing.Subscriptions;

namespace Flux.Cluster.Tests.Subscriptions;

/// <summary>The checks of the checker of subscriptions: what a faultless server sends passes, and each single corruption of it is found.</summary>
public sealed class SubscriptionNegativeControls
{
    public static TheoryData<string> Kinds => [.. PlayedSubscriptions.Kinds];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_a_faultless_server_sends_is_clean(string kind)
    {
        var report = Check(PlayedSubscriptions.Play(kind));

        Assert.True(report.IsClean && report.Totals.IsWhole && report.Totals.Changes > 20, report.ToString());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_change_left_out_is_found_for_every_kind_of_subscriber(string kind)
    {
        // The first change of the last connection that has one, and nothing that was merged.
        var played = PlayedSubscriptions.Play(kind);
        var opened = played.Records.FindLastIndex(r => r is SubscriptionRecord.Opened);
        var at = Enumerable.Range(opened, played.Records.Count - opened)
            .First(i => played.Text(i) is { } text && Played.Member(text, "type") is "change" or "enter" or "leave" or "entity_deleted");
        played.Records.RemoveAt(at);

        Assert.True(Check(played)[SubscriptionFault.Gap] == 1 || kind == "fresh", "no gap was seen");
        Assert.False(Check(played).IsClean);
    }

    [Fact]
    public void A_frame_left_out_is_a_gap() => OnlyRaises(SubscriptionFault.Gap, "live", p => p.Records.RemoveAt(p.Find("change", 9)));

    [Fact]
    public void The_last_frame_left_out_before_a_progress_is_a_gap() =>
        OnlyRaises(SubscriptionFault.Gap, "live", p => p.Records.RemoveAt(p.FindBefore("change", p.Find("progress"))));

    [Fact]
    public void The_last_frame_of_all_left_out_is_a_gap() => OnlyRaises(
        SubscriptionFault.Gap, "from-zero", p => p.Records.RemoveAt(p.FindBefore("change", p.Records.Count)), SubscriptionFault.State);

    [Fact]
    public void A_missing_deletion_is_a_gap() =>
        OnlyRaises(SubscriptionFault.Gap, "from-zero", p => p.Records.RemoveAt(p.Find("entity_deleted", 1)), SubscriptionFault.State);

    [Fact]
    public void A_missing_enter_is_a_gap() => OnlyRaises(SubscriptionFault.Gap, "set", p => p.Records.RemoveAt(p.FindAfter("enter", p.Find("caught_up"))));

    [Fact]
    public void A_missing_leave_is_a_gap() => OnlyRaises(SubscriptionFault.Gap, "set", p => p.Records.RemoveAt(p.FindAfter("leave", p.Find("caught_up"))));

    [Fact]
    public void A_change_left_out_after_a_resume_is_a_gap() =>
        OnlyRaises(SubscriptionFault.Gap, "exact", p => p.Records.RemoveAt(p.Find("subscribed", 1) + 1));

    [Fact]
    public void A_snapshot_that_never_ends_is_a_gap() => OnlyRaises(SubscriptionFault.Gap, "fresh", p =>
    {
        var at = p.Find("caught_up", 1);
        p.Records.RemoveRange(at, p.Records.Count - 2 - at);
    });

    [Fact]
    public void A_repeated_frame_is_a_repeat() => OnlyRaises(SubscriptionFault.Repeat, "live", p => p.Records.Insert(p.Find("change", 9), p.Records[p.Find("change", 9)]));

    [Fact]
    public void A_change_that_comes_again_after_a_resume_is_a_repeat() => OnlyRaises(SubscriptionFault.Repeat, "live", p =>
    {
        var resumed = p.Find("subscribed", 1);
        p.Records.Insert(resumed + 1, p.Records[p.FindBefore("change", resumed)]);
    });

    [Fact]
    public void A_change_that_comes_again_within_a_snapshot_is_a_repeat() => OnlyRaises(SubscriptionFault.Repeat, "snapshot", p =>
        p.Records.Insert(p.Find("change"), p.Records[p.Find("change")]));

    [Fact]
    public void Two_swapped_frames_are_out_of_order() => OnlyRaises(SubscriptionFault.Order, "live", p => Swap(p, p.Find("change", 9), p.Find("change", 10)));

    [Fact]
    public void Two_swapped_merged_changes_are_out_of_order() => OnlyRaises(SubscriptionFault.Order, "conflate", p =>
    {
        var receipt = p.Find("skipped");
        var first = Enumerable.Range(0, receipt - 1).Last(i => IsMerged(p, i) && IsMerged(p, i + 1) && EntityOf(p, i) != EntityOf(p, i + 1)
            && EntityOf(p, i) != EntityOf(p, i - 1));
        Swap(p, first, first + 1);
    });

    [Theory]
    [InlineData("9007199254740993", "9007199254740992")]
    [InlineData("\"version\":", "\"version\":1")]
    [InlineData("\"event_id\":\"event-", "\"event_id\":\"event-1")]
    [InlineData("\"timestamp\":\"2026-02-25", "\"timestamp\":\"2026-02-26")]
    [InlineData("\"entity_id\":\"plant", "\"entity_id\":\"planted")]
    [InlineData("\"properties\":{", "\"properties\":{\"more\":1,")]
    [InlineData("\"type\":\"change\"", "\"type\":\"enter\"")]
    public void A_frame_that_says_something_else_is_altered(string from, string to) => OnlyRaises(
        SubscriptionFault.Altered,
        "from-zero",
        p => p.Edit(Enumerable.Range(p.Find("change", 20), 30).First(i => p.Text(i)!.Contains(from, StringComparison.Ordinal)), from, to),
        SubscriptionFault.State);

    [Fact]
    public void An_enter_that_came_as_a_change_is_altered() => OnlyRaises(
        SubscriptionFault.Altered, "set", p => p.Edit(p.FindAfter("enter", p.Find("caught_up")), "\"type\":\"enter\"", "\"type\":\"change\""));

    [Fact]
    public void A_change_out_of_scope_is_a_phantom() => OnlyRaises(SubscriptionFault.Phantom, "exact", p =>
    {
        var other = PlayedSubscriptions.Play("from-zero");
        var stranger = Enumerable.Range(other.Find("change", 30), 20).First(i => other.Text(i)!.Contains("plant/b", StringComparison.Ordinal));
        var position = long.Parse(Played.Member(other.Text(stranger)!, "position")!, System.Globalization.CultureInfo.InvariantCulture);
        var at = p.Records.FindIndex(r => r is SubscriptionRecord.Received && r.At > SmallWorld.SentAt(position));
        other.Edit(stranger, "\"sub\":\"from-zero\"", "\"sub\":\"exact\"");
        p.Records.Insert(at, other.Records[stranger]);
    });

    [Fact]
    public void A_change_for_which_the_predicate_is_false_is_a_phantom() => OnlyRaises(SubscriptionFault.Phantom, "single", p =>
    {
        var other = PlayedSubscriptions.Play("live");
        var wrong = Enumerable.Range(other.Find("change", 5), 20).First(i => !other.Text(i)!.Contains("mode", StringComparison.Ordinal));
        other.Edit(wrong, "\"sub\":\"live\"", "\"sub\":\"single\"");
        p.Records.Insert(p.FindAfter("change", p.Records.FindIndex(r => r.At > other.Records[wrong].At)), other.Records[wrong]);
    });

    [Fact]
    public void A_change_that_came_before_it_was_sent_is_a_phantom() => OnlyRaises(SubscriptionFault.Phantom, "live", p =>
    {
        var at = p.Find("change", 9);
        p.Records[at] = p.Records[at] with { At = 1 };
    });

    [Fact]
    public void A_missing_row_spoils_a_snapshot() =>
        OnlyRaises(SubscriptionFault.Snapshot, "snapshot", p => p.Records.RemoveAt(p.Find("entity", 2)), SubscriptionFault.State);

    [Fact]
    public void A_missing_row_spoils_a_snapshot_of_a_set() =>
        OnlyRaises(SubscriptionFault.Snapshot, "set", p => p.Records.RemoveAt(p.Find("entity")), SubscriptionFault.State);

    [Fact]
    public void A_missing_row_spoils_a_snapshot_whose_changes_are_judged_one_by_one() =>
        OnlyRaises(SubscriptionFault.Snapshot, "single-snapshot", p => p.Records.RemoveAt(p.Find("entity", 1)));

    [Fact]
    public void A_row_of_an_older_version_spoils_a_snapshot() => OnlyRaises(
        SubscriptionFault.Snapshot,
        "snapshot",
        p =>
        {
            var current = Enumerable.Range(0, p.Records.Count).First(i => IsRow(p, i, "plant/a"));
            p.Records[current] = OldRow("snapshot", "plant/a");
        },
        SubscriptionFault.State);

    [Fact]
    public void A_row_with_another_value_spoils_a_snapshot() =>
        OnlyRaises(SubscriptionFault.Snapshot, "snapshot", p => p.Edit(p.Find("entity", 1), "\"temp\":", "\"temp\":1"), SubscriptionFault.State);

    [Fact]
    public void A_row_of_a_version_that_there_is_not_spoils_a_snapshot() =>
        OnlyRaises(SubscriptionFault.Snapshot, "snapshot", p => p.Edit(p.Find("entity", 1), "\"version\":", "\"version\":1"), SubscriptionFault.State);

    [Fact]
    public void A_repeated_row_spoils_a_snapshot() =>
        OnlyRaises(SubscriptionFault.Snapshot, "snapshot", p => p.Records.Insert(p.Find("entity", 2), p.Records[p.Find("entity", 2)]));

    [Fact]
    public void Two_swapped_rows_spoil_a_snapshot() => OnlyRaises(SubscriptionFault.Snapshot, "snapshot", p => Swap(p, p.Find("entity"), p.Find("entity", 1)));

    [Fact]
    public void A_missing_change_to_a_row_that_was_sent_spoils_a_snapshot() =>
        OnlyRaises(SubscriptionFault.Snapshot, "snapshot", p => p.Records.RemoveAt(p.Find("change")), SubscriptionFault.State);

    [Fact]
    public void A_row_outside_of_a_snapshot_spoils_it() => OnlyRaises(SubscriptionFault.Snapshot, "snapshot", p => Swap(p, p.Find("caught_up") - 1, p.Find("caught_up")), SubscriptionFault.State);

    [Theory]
    [InlineData("\"count\":", "\"count\":1")]
    [InlineData("\"from\":51", "\"from\":50")]
    [InlineData("\"from\":51", "\"from\":55")]
    [InlineData("\"to\":75", "\"to\":74")]
    public void A_receipt_with_another_number_is_found(string from, string to) => OnlyRaises(SubscriptionFault.Skipped, "conflate", p => p.Edit(p.Find("skipped"), from, to));

    [Fact]
    public void A_receipt_that_reaches_too_far_is_found() => OnlyRaises(SubscriptionFault.Skipped, "conflate", p =>
        p.Edit(p.Find("skipped", 1), "\"to\":95,", "\"to\":97,"));

    [Theory]
    [InlineData("conflate")]
    [InlineData("conflate-set")]
    public void A_missing_merged_change_is_found(string kind) => OnlyRaises(SubscriptionFault.Skipped, kind, p => p.Records.RemoveAt(p.Find("skipped") - 1), SubscriptionFault.State, SubscriptionFault.Order);

    [Theory]
    [InlineData("conflate")]
    [InlineData("conflate-set")]
    public void A_merged_deletion_that_is_left_out_is_found(string kind) => OnlyRaises(
        SubscriptionFault.Skipped,
        kind,
        p => p.Records.RemoveAt(Enumerable.Range(0, p.Records.Count).First(i =>
            p.Text(i) is { } text && Played.Member(text, "type") == "entity_deleted" && Played.Member(text, "cursor") is null)),
        SubscriptionFault.State);

    [Theory]
    [InlineData("conflate")]
    [InlineData("conflate-set")]
    public void An_older_value_in_a_merged_change_is_found(string kind) => OnlyRaises(
        SubscriptionFault.Skipped,
        kind,
        p => p.Edit(Enumerable.Range(0, p.Find("skipped")).Last(i => p.Text(i)?.Contains("\"temp\":", StringComparison.Ordinal) is true), "\"temp\":", "\"temp\":1"),
        SubscriptionFault.State);

    [Fact]
    public void Merged_changes_without_a_receipt_are_found() =>
        OnlyRaises(SubscriptionFault.Skipped, "conflate", p => p.Records.RemoveAt(p.Find("skipped", 1)), SubscriptionFault.State, SubscriptionFault.Gap);

    [Fact]
    public void A_progress_that_says_too_much_is_a_false_claim() => OnlyRaises(SubscriptionFault.Claim, "live", p =>
        Swap(p, p.Find("progress"), p.FindBefore("change", p.Find("progress"))));

    [Fact]
    public void A_progress_that_goes_back_is_a_false_claim() => OnlyRaises(SubscriptionFault.Claim, "live", p =>
        p.Edit(p.Find("progress"), "\"position\":60,\"cursor\":\"c60\"", "\"position\":40,\"cursor\":\"c40\""));

    [Fact]
    public void A_caught_up_that_comes_too_early_is_a_false_claim() => OnlyRaises(SubscriptionFault.Claim, "from-zero", p =>
        Swap(p, p.Find("caught_up"), p.FindBefore("change", p.Find("caught_up"))));

    [Fact]
    public void A_snapshot_older_than_what_it_was_asked_for_is_a_false_claim() => OnlyRaises(SubscriptionFault.Claim, "snapshot", p =>
        p.Edit(p.Find("subscribed"), "\"position\":30", "\"position\":59"));

    [Fact]
    public void A_progress_at_a_position_that_was_sent_later_is_a_false_claim() => OnlyRaises(SubscriptionFault.Claim, "live", p =>
    {
        var at = p.Find("progress");
        p.Records[at] = p.Records[at] with { At = SmallWorld.SentAt(60) - 1 };
    });

    [Fact]
    public void A_close_for_slowness_that_says_too_much_is_a_false_claim() => OnlyRaises(SubscriptionFault.Claim, "disconnect", p =>
    {
        var at = p.Records.FindIndex(r => r is SubscriptionRecord.Ended);
        p.Records[at] = ((SubscriptionRecord.Ended)p.Records[at]) with { Reason = "disconnect reads too slowly: resume from 85" };
    });

    [Fact]
    public void A_resume_at_another_place_is_found() => OnlyRaises(SubscriptionFault.Resume, "exact", p =>
    {
        var cursor = Played.Member(p.Text(p.Find("subscribed", 1))!, "cursor")!;
        p.Edit(p.Find("subscribed", 1), $"\"position\":{cursor[1..]},\"cursor\":\"{cursor}\"", "\"position\":65,\"cursor\":\"c65\"");
    });

    [Fact]
    public void A_good_cursor_that_is_not_known_is_found() => OnlyRaises(
        SubscriptionFault.Resume,
        "live",
        p =>
        {
            var at = p.Find("subscribed", 1);
            p.Edit(at, "subscribed", "cursor_unknown");
            p.Records.RemoveRange(at + 1, p.Records.Count - at - 1);
        });

    [Fact]
    public void A_frame_after_unsubscribed_is_against_the_protocol() => OnlyRaises(SubscriptionFault.Protocol, "live", p =>
    {
        // The connection ends after this, and the next one goes on with the last cursor.
        var last = p.FindBefore("change", p.Find("subscribed", 1));
        var copy = new Played(p.About);
        copy.Unsubscribe();
        p.Records.Insert(last + 1, ((SubscriptionRecord.Received)copy.Records[0]) with { At = p.Records[last].At });
        p.Records.Insert(last + 2, p.Records[last]);
    });

    [Fact]
    public void A_frame_before_subscribed_is_against_the_protocol() =>
        OnlyRaises(SubscriptionFault.Protocol, "from-zero", p => Swap(p, p.Find("subscribed"), p.Find("subscribed") + 1));

    [Fact]
    public void A_frame_of_another_subscription_is_against_the_protocol() =>
        OnlyRaises(SubscriptionFault.Protocol, "live", p => p.Edit(p.Find("change", 5), "\"sub\":\"live\"", "\"sub\":\"alive\""));

    [Fact]
    public void An_event_whose_id_is_not_its_cursor_is_against_the_protocol() => OnlyRaises(SubscriptionFault.Protocol, "events", p =>
    {
        var at = p.Find("progress");
        p.Records[at] = ((SubscriptionRecord.ReceivedEvent)p.Records[at]) with { Id = "c1" };
    });

    [Theory]
    [InlineData(null)]
    [InlineData(1011)]
    [InlineData(4408)]
    public void An_end_that_nothing_explains_is_against_the_protocol(int? code) => OnlyRaises(SubscriptionFault.Protocol, "live", p =>
    {
        var at = p.Records.FindIndex(r => r is SubscriptionRecord.Ended);
        p.Records[at] = new SubscriptionRecord.Ended(p.Records[at].At, ByClient: false, code, "live: 60");
    });

    [Fact]
    public void An_end_without_a_code_is_explained_by_a_proved_fault_of_that_node()
    {
        var played = PlayedSubscriptions.Play("live");
        var at = played.Records.FindIndex(r => r is SubscriptionRecord.Ended);
        played.Records[at] = ((SubscriptionRecord.Ended)played.Records[at]) with { ByClient = false };
        var fault = new FaultRecord { At = played.Records[at].At, Id = "fault-1", Kind = "kill", Target = "node", Node = "node", Proof = "pid 1 is gone" };

        Assert.True(Check(played, (fault, fault)).IsClean);
        Assert.False(Check(played, (fault, fault with { Node = "another" })).IsClean);
    }

    [Theory]
    [InlineData(0, 9, true)]
    [InlineData(1, 9, false)]
    [InlineData(-9_999, 0, true)]
    [InlineData(-9_999, -9_999, false)]
    public void A_fault_explains_no_end_before_it_and_none_of_a_connection_after_it(int announcedAfter, int provedAfter, bool isExplained)
    {
        // In ticks since the end.
        var played = PlayedSubscriptions.Play("live");
        var at = played.Records.FindIndex(r => r is SubscriptionRecord.Ended);
        var ended = (SubscriptionRecord.Ended)played.Records[at];
        played.Records[at] = ended with { ByClient = false };
        var announced = new FaultRecord { At = ended.At + announcedAfter, Id = "fault-1", Kind = "kill", Target = "node", Node = "node" };

        Assert.Equal(isExplained, Check(played, (announced, announced with { At = ended.At + provedAfter, Proof = "pid 1 is gone" })).IsClean);
    }

    [Theory]
    [InlineData("disconnect", 6, true)]
    [InlineData("disconnect", 3, false)]
    [InlineData("live", 6, false)]
    public void An_end_without_a_code_is_explained_when_the_client_asked_for_it_and_did_not_read_for_five_seconds(string kind, int seconds, bool isExplained)
    {
        var played = PlayedSubscriptions.Play(kind);
        var at = played.Records.FindIndex(r => r is SubscriptionRecord.Ended);
        var ended = (SubscriptionRecord.Ended)played.Records[at];
        played.Records[at] = ended with { ByClient = false, Code = null };
        played.Records.Insert(at, new SubscriptionRecord.Stalled(ended.At, ended.At - (seconds * System.Diagnostics.Stopwatch.Frequency)));

        Assert.Equal(isExplained, Check(played).IsClean);
    }

    [Fact]
    public void What_is_read_from_a_file_is_what_was_written_to_it()
    {
        using var directory = new Flux.Testing.Processes.TemporaryDirectory();
        var played = PlayedSubscriptions.Play("events");
        played.Records.Add(new SubscriptionRecord.Stalled(9, Since: 7));
        played.Close(1001, "stops\tnow\nand here");
        using var file = new SubscriptionFile(directory.At("events.tsv"));
        played.Records.ForEach(file.Add);

        var read = file.Read().ToList();

        Assert.Equal(played.Records.Count, read.Count);
        Assert.Equal(new SubscriptionRecord.Ended(read[^1].At, ByClient: false, 1001, "stops now and here"), read[^1]);
        Assert.Equal(new SubscriptionRecord.Stalled(9, Since: 7), read[^2]);
        Assert.Equal(played.Text(4), System.Text.Encoding.UTF8.GetString(((SubscriptionRecord.ReceivedEvent)read[4]).Raw));
        Assert.True(SubscriptionChecker.Check(played.About, SmallWorld.Shared.ToLog(), read.SkipLast(2), []).IsClean);
    }

    private static void OnlyRaises(SubscriptionFault fault, string kind, Action<Played> edit, params SubscriptionFault[] orAlso)
    {
        var played = PlayedSubscriptions.Play(kind);
        edit(played);

        var report = Check(played);

        Assert.True(report[fault] > 0, report.ToString());
        Assert.True(Enum.GetValues<SubscriptionFault>().All(f => report[f] == 0 || f == fault || orAlso.Contains(f)), report.ToString());
    }

    private static SubscriptionReport Check(Played played, params (FaultRecord Announced, FaultRecord Proved)[] faults)
    {
        var report = SubscriptionChecker.Check(played.About, SmallWorld.Shared.ToLog(), played.Records, faults);
        TestContext.Current.TestOutputHelper?.WriteLine(report.ToString());
        return report;
    }

    private static void Swap(Played played, int one, int other) => (played.Records[one], played.Records[other]) = (played.Records[other], played.Records[one]);

    private static bool IsMerged(Played played, int index) =>
        played.Text(index) is { } text && Played.Member(text, "type") == "change" && Played.Member(text, "cursor") is null;

    private static string? EntityOf(Played played, int index) => played.Text(index) is { } text ? Played.Member(text, "entity_id") : null;

    private static bool IsRow(Played played, int index, string entity) =>
        played.Text(index) is { } text && Played.Member(text, "type") == "entity" && Played.Member(text, "entity_id") == entity;

    // The row of an entity in a snapshot that was taken earlier.
    private static SubscriptionRecord OldRow(string kind, string entity)
    {
        var earlier = new Played(PlayedSubscriptions.Play(kind).About);
        earlier.Open(SubscriptionStart.Snapshot, 20);
        earlier.Snapshot(20);
        return earlier.Records[Enumerable.Range(0, earlier.Records.Count).First(i => IsRow(earlier, i, entity))];
    }
}
