using System.Text;
using Flux.Testing.History;
using Flux.Testing.Processes;

namespace Flux.Cluster.Tests.History;

/// <summary>The checker's own checks (fault model, section 5, kind H): an edited history must raise exactly the named count.</summary>
public sealed class NegativeControls
{
    [Fact]
    public void A_good_history_is_clean()
    {
        var report = Check(GoodHistory.Create());

        Assert.True(report.Verdict == HistoryVerdict.Clean, report.ToString());
    }

    [Fact]
    public void N01_a_removed_row_of_an_acknowledged_event_is_lost() => OnlyRaises(HistoryCount.Lost, h => h.Rows.RemoveAt(h.RowOf("last")));

    [Fact]
    public void N01_a_row_at_another_position_than_acknowledged_is_lost() => OnlyRaises(HistoryCount.Lost, h => SwapPositions(h, "together-1", "together-2"));

    [Fact]
    public void N02_a_row_copied_to_a_new_position_is_duplicated() =>
        OnlyRaises(HistoryCount.Duplicated, h => h.Rows.Add(h.Rows[h.RowOf("entityless-1")] with { Position = h.Rows.Count + 1 }));

    [Fact]
    public void N02_a_repeated_frame_is_duplicated() =>
        OnlyRaises(HistoryCount.Duplicated, h => h.Sockets.Insert(h.FrameOf("all", 7), h.Sockets[h.FrameOf("all", 7)]));

    [Fact]
    public void N03_a_row_that_nobody_sent_is_a_phantom() => OnlyRaises(HistoryCount.Phantom, h => h.AddRow("unheard-of", """{"note":"?"}"""));

    [Fact]
    public void N03_a_row_whose_request_was_refused_is_a_phantom() => OnlyRaises(HistoryCount.Phantom, h =>
        h.Requests[h.RequestOf("last")] = h.Requests[h.RequestOf("last")] with { Status = 503, Code = "unavailable" });

    [Fact]
    public void N04_a_flipped_byte_in_a_row_is_altered() => OnlyRaises(HistoryCount.Altered, h =>
    {
        var row = h.Rows[h.RowOf("entityless-1")];
        h.Rows[h.RowOf("entityless-1")] = row with { Payload = Edit(row.Payload, "entityless-1", "entityless-!") };
    });

    [Fact]
    public void N04_a_rounded_number_in_a_frame_is_altered() => OnlyRaises(HistoryCount.Altered, h =>
    {
        var at = h.FrameOf("all", 1);
        h.Sockets[at] = h.Sockets[at] with { Raw = Edit(h.Sockets[at].Raw!, "9007199254740993", "9007199254740992") };
    });

    [Fact]
    public void N05_one_frame_of_a_hundred_thousand_left_out_is_a_gap() =>
        OnlyRaises(HistoryCount.Gap, h => h.Sockets.RemoveAt(h.FrameOf("all", 77_777)), events: 50_000);

    [Fact]
    public void N05_the_last_frame_left_out_before_the_subscription_caught_up_is_a_gap() => OnlyRaises(HistoryCount.Gap, h =>
    {
        var at = h.FrameOf("all", h.FramesOf("all") - 1);
        h.Sockets[at] = h.Sockets[at] with { Raw = Encoding.UTF8.GetBytes($$"""{"type":"caught_up","position":{{h.Rows.Count}}}""") };
    });

    [Fact]
    public void N05_the_last_frame_left_out_before_the_end_of_the_run_is_a_gap() =>
        OnlyRaises(HistoryCount.Gap, h => h.Sockets.RemoveAt(h.FrameOf("prefix", h.FramesOf("prefix") - 1)));

    [Fact]
    public void N06_two_swapped_frames_are_a_reorder() => OnlyRaises(HistoryCount.Reorder, h =>
    {
        var (one, other) = (h.FrameOf("exact", 2), h.FrameOf("exact", 3));
        (h.Sockets[one], h.Sockets[other]) = (h.Sockets[other], h.Sockets[one]);
    });

    [Fact]
    public void N06_two_swapped_acks_are_a_reorder() => OnlyRaises(HistoryCount.Reorder, h =>
    {
        SwapPositions(h, "entityless-1", "entityless-2");
        Acknowledge(h, "entityless-1");
        Acknowledge(h, "entityless-2");
    });

    [Fact]
    public void N07_anothers_marker_in_an_error_text_is_cross_tenant() => OnlyRaises(HistoryCount.CrossTenant, h =>
    {
        var at = h.Requests.FindIndex(r => r.Status == 409);
        h.Requests[at] = h.Requests[at] with { Refusal = Encoding.UTF8.GetBytes($$"""{"error":"not {{GoodHistory.Secret}}"}""") };
    });

    [Fact]
    public void N07_what_came_longer_after_a_revocation_than_it_may_is_cross_tenant() => OnlyRaises(HistoryCount.CrossTenant, h =>
    {
        var at = h.Reads.FindIndex(r => r.Token is not null);
        var tooLong = 6 * System.Diagnostics.Stopwatch.Frequency;
        h.Grants.Add(new GrantRecord { At = h.Reads[at].Answered - tooLong, Kind = GrantRecord.Revoke, Namespace = "safe", Token = "own" });
    });

    [Fact]
    public void N08_a_changed_replayed_frame_is_live_not_replay() => OnlyRaises(HistoryCount.LiveReplay, h =>
    {
        var at = h.Replays.FindLastIndex(r => r.IsReplay);
        h.Replays[at] = h.Replays[at] with { Raw = Edit(h.Replays[at].Raw, "state_update", "state_updated") };
    });

    [Fact]
    public void N08_a_replayed_frame_left_out_is_live_not_replay() =>
        OnlyRaises(HistoryCount.LiveReplay, h => h.Replays.RemoveAt(h.Replays.FindLastIndex(r => r.IsReplay)));

    [Fact]
    public void N08_a_changed_property_of_a_final_entity_is_state_not_fold() => OnlyRaises(HistoryCount.StateFold, h =>
    {
        var at = h.States.FindIndex(s => s.Entity is not null);
        h.States[at] = h.States[at] with { Properties = Edit(h.States[at].Properties!, "value", "valve") };
    });

    [Fact]
    public void N22_a_fault_that_did_not_happen_makes_a_history_invalid()
    {
        var history = GoodHistory.Create();
        history.Faults.RemoveAll(f => f.Proof is not null);

        var report = Check(history);

        Assert.Equal(HistoryVerdict.Invalid, report.Verdict);
        Assert.Contains(report.InvalidBecause, reason => reason.Contains("never proved", StringComparison.Ordinal));
    }

    internal static HistoryReport Check(GoodHistory history)
    {
        using var directory = new TemporaryDirectory();
        history.Write(directory.Path);
        var report = HistoryChecker.Check(directory.Path, GoodHistory.Thresholds);
        TestContext.Current.TestOutputHelper?.WriteLine(report.ToString()); // while the lines that it quotes are there
        return report;
    }

    internal static void OnlyRaises(HistoryCount count, Action<GoodHistory> edit, int events = 40)
    {
        var history = GoodHistory.Create(events);
        edit(history);

        var report = Check(history);

        var raised = Enum.GetValues<HistoryCount>().Where(c => report[c] > 0);
        Assert.Equal([count], raised);
        Assert.Equal(HistoryVerdict.Violated, report.Verdict);
    }

    internal static byte[] Edit(byte[] bytes, string from, string to)
    {
        var edited = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes).Replace(from, to, StringComparison.Ordinal));
        Assert.NotEqual(bytes, edited);
        return edited;
    }

    private static void SwapPositions(GoodHistory history, string one, string other)
    {
        var (first, second) = (history.RowOf(one), history.RowOf(other));
        var (a, b) = (history.Rows[first], history.Rows[second]);
        history.Rows[first] = a with { Position = b.Position };
        history.Rows[second] = b with { Position = a.Position };
    }

    private static void Acknowledge(GoodHistory history, string eventId)
    {
        var at = history.RequestOf(eventId);
        var position = history.Rows[history.RowOf(eventId)].Position;
        history.Requests[at] = history.Requests[at] with { Events = [history.Requests[at].Events[0] with { Position = position }] };
    }
}
