using System.Diagnostics;
using System.Globalization;
using System.Text;
using Flux.Testing.History;
using Flux.Testing.Processes;
using static Flux.Cluster.Tests.History.NegativeControls;

namespace Flux.Cluster.Tests.History;

/// <summary>What the negative controls leave out: reads, chains, acknowledgements, thresholds, speed.</summary>
public sealed class HistoryCheckerTests
{
    [Fact]
    public void An_empty_history_is_invalid()
    {
        using var directory = new TemporaryDirectory();

        var report = HistoryChecker.Check(directory.Path, new HistoryThresholds());

        Assert.Equal(HistoryVerdict.Invalid, report.Verdict);
    }

    [Fact]
    public void A_clean_history_below_a_threshold_is_invalid()
    {
        using var directory = new TemporaryDirectory();
        GoodHistory.Create().Write(directory.Path);

        var report = HistoryChecker.Check(directory.Path, new HistoryThresholds());

        Assert.Equal(HistoryVerdict.Invalid, report.Verdict);
        Assert.Contains(report.InvalidBecause, reason => reason.Contains("acked", StringComparison.Ordinal));
    }

    [Fact]
    public void A_history_without_a_final_state_is_invalid()
    {
        var history = GoodHistory.Create();
        history.States.Clear();

        Assert.Equal(HistoryVerdict.Invalid, Check(history).Verdict);
    }

    [Fact]
    public void A_hash_that_does_not_fit_is_altered() => OnlyRaises(HistoryCount.Altered, h =>
    {
        var at = h.RowOf("last");
        h.Rows[at] = h.Rows[at] with { Hash = [.. h.Rows[at].Hash.Select(b => (byte)~b)] };
    });

    [Fact]
    public void A_missing_position_is_a_gap() =>
        OnlyRaises(HistoryCount.Gap, h =>
        {
            var at = h.RowOf("last");
            h.Rows[at] = h.Rows[at] with { Position = h.Rows[at].Position + 1 };
            var request = h.RequestOf("last");
            h.Requests[request] = h.Requests[request] with
            {
                Events = [h.Requests[request].Events[0] with { Position = h.Rows[at].Position }],
            };
        });

    [Fact]
    public void A_wrong_former_value_is_state_not_fold() => OnlyRaises(HistoryCount.StateFold, h =>
    {
        // The row carries a hash that fits its wrong content, as a server with a wrong fold would write it.
        var at = h.RowOf("no-properties");
        var row = h.Rows[at] with { Before = "{}"u8.ToArray() };
        var previous = h.Rows.Last(r => r.Entity == row.Entity && r.Version == row.Version - 1).Hash;
        h.Rows[at] = row with { Hash = RowHash.Of(previous, row) };
    });

    [Fact]
    public void A_second_ack_that_does_not_say_duplicate_is_duplicated() => OnlyRaises(HistoryCount.Duplicated, h =>
    {
        var at = h.Requests.FindLastIndex(r => r.Events[0].EventId == "event-3");
        h.Requests[at] = h.Requests[at] with { Events = [h.Requests[at].Events[0] with { Duplicate = false }] };
    });

    [Fact]
    public void A_conflict_with_an_event_that_the_log_does_not_have_is_lost() => OnlyRaises(HistoryCount.Lost, h =>
        h.Requests.Add(Conflict(h.Requests[0], h.Requests[0].Events[0] with { EventId = "unheard-of" })));

    [Fact]
    public void A_conflict_with_an_event_of_another_namespace_is_lost() => OnlyRaises(HistoryCount.Lost, h =>
        h.Requests.Add(Conflict(h.Requests[0], h.Requests[0].Events[0] with { Payload = """{"entity_id":"lab/e2"}"""u8.ToArray() })));

    [Fact]
    public void A_conflict_of_an_event_without_an_id_is_lost() => OnlyRaises(HistoryCount.Lost, h =>
        h.Requests.Add(Conflict(h.Requests[0], h.Requests[0].Events[0] with { EventId = null })));

    [Theory]
    [InlineData(1L)]
    [InlineData(null)]
    public void An_identical_repetition_that_is_refused_as_a_conflict_is_altered(long? timestamp) => OnlyRaises(HistoryCount.Altered, h =>
        h.Requests.Add(Conflict(h.Requests[0], h.Requests[0].Events[0] with { Timestamp = timestamp })));

    [Fact]
    public void An_event_under_the_id_of_a_deletion_or_of_an_event_whose_id_the_server_made_is_a_conflict()
    {
        var history = GoodHistory.Create();
        var deletion = history.Requests.Find(r => r.Kind == RequestRecord.Delete)!.Events[0];
        history.Requests.Add(Conflict(history.Requests[0], history.Requests[0].Events[0] with
        {
            EventId = deletion.AckedEventId,
            Payload = Encoding.UTF8.GetBytes($$"""{"entity_id":"{{deletion.Entity}}"}"""),
        }));
        history.Requests.Add(Conflict(history.Requests[0], history.Requests[0].Events[0] with { Source = "another" }));
        history.Requests[0] = history.Requests[0] with { Events = [history.Requests[0].Events[0] with { EventId = null }] };

        Assert.Equal(HistoryVerdict.Clean, Check(history).Verdict);
    }

    [Fact]
    public void A_row_of_the_servers_own_records_that_was_asked_for_and_refused_is_a_phantom() => OnlyRaises(HistoryCount.Phantom, h =>
    {
        var payload = """{"entity_id":"$flux/namespaces/acme","properties":{}}"""u8.ToArray();
        var row = new RowRecord
        {
            Position = h.Rows.Count + 1,
            Namespace = "$flux",
            Entity = "$flux/namespaces/acme",
            Version = 1,
            EventId = "forbidden",
            Stream = "load.test",
            Source = "w",
            Timestamp = 1,
            Payload = payload,
            Given = 3,
            Hash = RowHash.None,
        };
        h.Rows.Add(row with { Hash = RowHash.Of(RowHash.None, row) });
        h.Requests.Add(h.Requests[0] with
        {
            Status = 403,
            Code = "read_only_token",
            Events = [new EventRecord { EventId = "forbidden", Stream = "load.test", Source = "w", Timestamp = 1, Payload = payload }],
        });
    });

    [Fact]
    public void An_ack_under_another_id_is_altered() => OnlyRaises(HistoryCount.Altered, h =>
        h.Requests[0] = h.Requests[0] with { Events = [h.Requests[0].Events[0] with { AckedEventId = "another" }] });

    [Fact]
    public void A_frame_before_its_request_was_sent_is_a_phantom() =>
        OnlyRaises(HistoryCount.Phantom, h => h.Sockets[h.FrameOf("all", 10)] = h.Sockets[h.FrameOf("all", 10)] with { At = 1 });

    [Fact]
    public void A_frame_outside_the_filter_is_a_phantom() => OnlyRaises(HistoryCount.Phantom, h =>
        h.Sockets.Insert(h.FrameOf("exact", 2), h.Sockets[h.FrameOf("all", 2)] with { Socket = "exact" }));

    [Fact]
    public void A_read_of_another_value_is_altered() => OnlyRaises(HistoryCount.Altered, h =>
        h.Reads[0] = h.Reads[0] with { Properties = Edit(h.Reads[0].Properties!, "value", "valve") });

    [Fact]
    public void A_read_older_than_an_ack_before_it_is_a_reorder() => OnlyRaises(HistoryCount.Reorder, h =>
        h.Reads[0] = h.Reads[0] with { Version = 1, Properties = """{"v":"value 0","big":9007199254740993}"""u8.ToArray() });

    [Fact]
    public void A_read_that_does_not_find_what_was_acknowledged_is_a_reorder() => OnlyRaises(HistoryCount.Reorder, h =>
        h.Reads[0] = h.Reads[0] with { Status = 404, Version = null, Properties = null });

    [Fact]
    public void A_read_that_does_not_find_what_is_deleted_only_later_is_a_reorder() => OnlyRaises(HistoryCount.Reorder, h =>
        h.Reads.Add(h.Reads[0] with { Entity = "lab/e2", Status = 404, Version = null, Properties = null }));

    [Theory]
    [InlineData(-2, 0)]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    public void A_read_that_does_not_find_what_is_being_or_was_deleted_is_right(int sentAfter, int answeredAfter)
    {
        // In ticks since the deletion was sent.
        var history = GoodHistory.Create();
        var deletion = history.Requests.Find(r => r.Kind == RequestRecord.Delete && r.Events[0].Entity == "lab/e2")!;
        history.Reads.Add(history.Reads[0] with
        {
            Sent = deletion.Sent + sentAfter,
            Answered = deletion.Sent + answeredAfter,
            Entity = "lab/e2",
            Status = 404,
            Version = null,
            Properties = null,
        });

        Assert.Equal(HistoryVerdict.Clean, Check(history).Verdict);
    }

    [Fact]
    public void A_later_deletion_does_not_excuse_a_node_that_is_cut_off_for_not_knowing_an_entity()
    {
        var history = GoodHistory.Create();
        var deletion = history.Requests.Find(r => r.Kind == RequestRecord.Delete && r.Events[0].Entity == "lab/e2")!;
        var late = 6 * Stopwatch.Frequency;
        history.Faults.Add(new FaultRecord { At = 1, Id = "f", Kind = FaultRecord.CutOff, Target = "node", Node = "node" });
        history.Faults.Add(new FaultRecord { At = 2, Id = "f", Kind = FaultRecord.CutOff, Target = "node", Node = "node", Proof = "bytes were dropped" });
        history.Requests.Where(r => r.Sent >= deletion.Sent).ToList().ForEach(r =>
            history.Requests[history.Requests.IndexOf(r)] = r with { Sent = r.Sent + (2 * late), Answered = r.Answered + (2 * late) });
        history.Reads.RemoveAll(r => r.Sent >= deletion.Sent);
        history.Sockets.RemoveAll(_ => true);
        history.Replays.Clear();
        history.Reads.Add(history.Reads[0] with { Sent = late, Answered = late + 1, Entity = "lab/e2", Status = 404, Version = null, Properties = null });

        Assert.Equal(1, Check(history)[HistoryCount.Reorder]);
    }

    [Theory]
    [InlineData("node", 4, 0)]
    [InlineData("node", 6, 1)]
    [InlineData("another", 4, 1)]
    public void A_node_that_was_frozen_may_serve_older_state_for_five_seconds_and_no_other_may(string frozen, int secondsAfter, int reorders)
    {
        var history = GoodHistory.Create();
        var at = history.Sockets[^1].At;
        history.Faults.Add(new FaultRecord { At = at, Id = "f", Kind = FaultRecord.Freeze, Target = frozen, Node = frozen });
        history.Faults.Add(new FaultRecord { At = at + 1, Id = "f", Kind = FaultRecord.Freeze, Target = frozen, Node = frozen, Proof = "state T" });
        history.Faults.Add(new FaultRecord { At = at + 2, Id = "h", Kind = FaultRecord.Heal, Target = frozen, Node = frozen });
        history.Faults.Add(new FaultRecord { At = at + 3, Id = "h", Kind = FaultRecord.Heal, Target = frozen, Node = frozen, Proof = "state S" });
        var sent = at + (secondsAfter * Stopwatch.Frequency);
        history.Reads.Add(history.Reads[0] with
        {
            Sent = sent,
            Answered = sent + 1,
            Version = 1,
            Properties = """{"v":"value 0","big":9007199254740993}"""u8.ToArray(),
        });

        var report = Check(history);

        Assert.Equal(reorders, report[HistoryCount.Reorder]);
        Assert.Equal(1 - reorders, report.Totals.StaleReads);
    }

    [Fact]
    public void A_read_of_a_version_that_never_was_is_a_phantom() =>
        OnlyRaises(HistoryCount.Phantom, h => h.Reads[0] = h.Reads[0] with { Version = 1_000_000 });

    [Fact]
    public void An_entity_that_is_not_served_is_state_not_fold() => OnlyRaises(HistoryCount.StateFold, h => h.States.RemoveAt(h.States.Count - 1));

    [Fact]
    public void A_socket_that_ends_without_a_reason_before_its_rows_is_a_gap() => OnlyRaises(HistoryCount.Gap, h =>
    {
        // Opened after the only fault, so that the kill does not explain its end.
        var at = h.Sockets[^1].At + 1;
        h.Sockets.Add(new SocketRecord { At = at, Socket = "cut", Kind = SocketRecord.Open });
        h.Sockets.Add(new SocketRecord { At = at, Socket = "cut", Kind = SocketRecord.Armed, Position = 1 });
        h.Sockets.Add(new SocketRecord { At = at, Socket = "cut", Kind = SocketRecord.Close });
    });

    [Theory]
    [InlineData("node", 0)]
    [InlineData("another", 1)]
    public void A_fault_excuses_the_loss_of_sockets_of_its_own_node_only(string faulty, int gaps)
    {
        var history = GoodHistory.Create();
        var at = history.Sockets[^1].At + 1;
        history.Sockets.Add(new SocketRecord { At = at, Socket = "cut", Node = "node", Kind = SocketRecord.Open });
        history.Sockets.Add(new SocketRecord { At = at, Socket = "cut", Node = "node", Kind = SocketRecord.Armed, Position = 1 });
        history.Sockets.Add(new SocketRecord { At = at, Socket = "cut", Node = "node", Kind = SocketRecord.Close });
        history.Faults.Add(new FaultRecord { At = at, Id = "f", Kind = "kill", Target = faulty, Node = faulty });
        history.Faults.Add(new FaultRecord { At = at, Id = "f", Kind = "kill", Target = faulty, Node = faulty, Proof = "pid 2 is gone" });

        Assert.Equal(gaps, Check(history)[HistoryCount.Gap]);
    }

    [Theory]
    [InlineData(4, 0)]
    [InlineData(6, 1)]
    public void A_node_that_is_cut_off_may_be_five_seconds_behind_however_long_it_is_cut_off(int secondsBehind, int reorders)
    {
        var history = GoodHistory.Create();
        var at = history.Sockets[^1].At;
        history.Faults.Add(new FaultRecord { At = 1, Id = "f", Kind = FaultRecord.CutOff, Target = "node", Node = "node" });
        history.Faults.Add(new FaultRecord { At = at, Id = "f", Kind = FaultRecord.CutOff, Target = "node", Node = "node", Proof = "bytes were dropped" });
        history.Reads.Add(history.Reads[0] with
        {
            Client = "other",
            Sent = at + (secondsBehind * Stopwatch.Frequency),
            Answered = at + (secondsBehind * Stopwatch.Frequency) + 1,
            Version = 1,
            Properties = """{"v":"value 0","big":9007199254740993}"""u8.ToArray(),
        });

        var report = Check(history);

        Assert.Equal(reorders, report[HistoryCount.Reorder]);
        Assert.Equal(1 - reorders, report.Totals.StaleReads);
    }

    [Theory]
    [InlineData("node", 1, 1)]
    [InlineData(null, 0, 1)]
    [InlineData(FaultRecord.AllNodes, 0, 0)]
    public void A_fault_excuses_no_loss_before_it_and_none_when_it_is_aimed_at_no_node(string? node, int ticksAfter, int gaps)
    {
        var history = GoodHistory.Create();
        var at = history.Sockets[^1].At + 1;
        history.Sockets.Add(new SocketRecord { At = at, Socket = "cut", Node = "node", Kind = SocketRecord.Open });
        history.Sockets.Add(new SocketRecord { At = at, Socket = "cut", Node = "node", Kind = SocketRecord.Armed, Position = 1 });
        history.Sockets.Add(new SocketRecord { At = at, Socket = "cut", Node = "node", Kind = SocketRecord.Close });
        history.Faults.Add(new FaultRecord { At = at + ticksAfter, Id = "f", Kind = "kill", Target = "t", Node = node });
        history.Faults.Add(new FaultRecord { At = at + ticksAfter, Id = "f", Kind = "kill", Target = "t", Node = node, Proof = "pid 2 is gone" });

        Assert.Equal(gaps, Check(history)[HistoryCount.Gap]);
    }

    [Theory]
    [InlineData(503, null, HistoryVerdict.Violated)]
    [InlineData(429, null, HistoryVerdict.Violated)]
    [InlineData(503, "1", HistoryVerdict.Clean)]
    public void A_503_or_429_without_Retry_After_breaks_a_promise(int status, string? retryAfter, HistoryVerdict verdict)
    {
        var history = GoodHistory.Create();
        history.Requests.Add(history.Requests[0] with
        {
            Status = status,
            Code = "unavailable",
            RetryAfter = retryAfter,
            Events = [new EventRecord { EventId = "refused", Stream = "load.test", Source = "w", Timestamp = 1, Payload = "{}"u8.ToArray() }],
        });

        var report = Check(history);

        Assert.Equal(verdict, report.Verdict);
        Assert.Equal(verdict == HistoryVerdict.Clean ? 0 : 1, report.BrokenPromises.Count);
    }

    [Fact]
    public void A_read_that_is_refused_without_Retry_After_breaks_a_promise()
    {
        var history = GoodHistory.Create();
        history.Reads.Add(history.Reads[0] with { Status = 503, Version = null, Properties = null });

        Assert.Single(Check(history).BrokenPromises);
    }

    [Fact]
    public void An_unknown_outcome_that_nobody_settled_makes_a_history_invalid()
    {
        var history = GoodHistory.Create();
        history.Requests.RemoveAt(history.Requests.FindLastIndex(r => r.Events[0].EventId == "unanswered"));

        var report = Check(history);

        Assert.Equal(HistoryVerdict.Invalid, report.Verdict);
        Assert.Contains(report.InvalidBecause, reason => reason.Contains("never settled", StringComparison.Ordinal));
    }

    [Fact]
    public void A_count_that_nothing_could_raise_is_known_to_say_nothing()
    {
        var whole = Check(GoodHistory.Create());
        var history = GoodHistory.Create();
        history.Grants.Clear();
        history.Replays.Clear();

        var report = Check(history);

        Assert.All(Enum.GetValues<HistoryCount>(), count => Assert.True(whole.HadInput(count)));
        Assert.Equal([HistoryCount.CrossTenant, HistoryCount.LiveReplay], Enum.GetValues<HistoryCount>().Where(count => !report.HadInput(count)));
    }

    [Fact]
    public void A_429_is_not_served_and_a_conflict_is()
    {
        var request = GoodHistory.Create().Requests[0];

        Assert.True(RequestTimeline.IsServed(request));
        Assert.True(RequestTimeline.IsServed(request with { Status = 409 }));
        Assert.True(RequestTimeline.IsServed(request with { Status = 403, Code = "insufficient_scope" }));
        Assert.False(RequestTimeline.IsServed(request with { Status = 429 }));
        Assert.False(RequestTimeline.IsServed(request with { Status = 503 }));
    }

    [Theory]
    [InlineData(null, null, true)]
    [InlineData("event_id_conflict", "it belongs to another event", true)]
    [InlineData("version_conflict", "the entity has version 2", true)]
    [InlineData("unavailable", "the log cannot be reached", false)]
    [InlineData("storage_full", "the disk is full", false)]
    [InlineData("outcome_unknown", "nobody knows", false)]
    [InlineData("rate_limited", "too many", false)]
    [InlineData(null, "publish failed", false)]
    public void A_batch_is_served_when_each_of_its_events_is_stored_or_judged(string? code, string? error, bool isServed)
    {
        var request = GoodHistory.Create().Requests[0];
        request = request with { Kind = RequestRecord.Batch, Events = [request.Events[0], request.Events[0] with { Code = code, Error = error }] };

        Assert.Equal(isServed, RequestTimeline.IsServed(request));
    }

    [Fact]
    public void The_failures_of_a_batch_are_named_by_its_events()
    {
        using var directory = new TemporaryDirectory();
        var history = GoodHistory.Create();
        var sent = history.Requests[0].Events[0];
        history.Requests.Clear();
        history.Requests.Add(new RequestRecord
        {
            Sent = 1,
            Answered = 2,
            Client = "w",
            Node = "node",
            Kind = RequestRecord.Batch,
            Status = 200,
            Events = [sent, sent with { Error = "no", Code = "unavailable" }, sent with { Error = "no", Code = "unavailable" }, sent with { Error = "no", Code = Outcomes.Conflict }],
        });
        history.Write(directory.Path);

        Assert.Equal("1: 200 with unavailable ×1", RequestTimeline.Load(directory.Path).CountedFailures(0, 3));
    }

    [Fact]
    public void A_row_hash_is_the_one_that_the_documents_define()
    {
        // Computed with Python's hashlib and struct from the definition, not with any code of Flux.
        var row = new RowRecord
        {
            Position = 9,
            Namespace = "plant",
            Entity = "plant/ü",
            Version = 2,
            EventId = "e-1",
            Stream = "a.b",
            Source = "s",
            Schema = "x",
            Timestamp = 1_772_028_627_158,
            Payload = """{"entity_id":"plant/ü"}"""u8.ToArray(),
            Before = "{}"u8.ToArray(),
            Given = 1,
            Hash = RowHash.None,
        };
        var previous = Encoding.ASCII.GetBytes(new string('p', 32));

        Assert.Equal("29458fec6fcf3c1f9214070f50bd4212defce7a7423b6c9550131989e78d648a", Convert.ToHexStringLower(RowHash.Of(previous, row)));
        Assert.Equal("08bff89ed51ddc05cc1c0b8ce7d0e92690db17223e2ecf8f8d1bf7f276ce3316", Convert.ToHexStringLower(RowHash.Of(previous, row with { Given = null })));
    }

    [Fact]
    public void A_million_rows_are_checked_within_a_minute()
    {
        var isLong = Environment.GetEnvironmentVariable("FLUX_LONG") is "1";
        var rows = isLong ? 1_000_000 : 20_000;
        using var directory = new TemporaryDirectory();
        GoodHistory.Create(rows).Write(directory.Path);

        var (started, cpu) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        var report = HistoryChecker.Check(directory.Path, GoodHistory.Thresholds);
        var took = Stopwatch.GetElapsedTime(started);

        // The figures are for the reader; the verdict alone decides.
        var used = Environment.CpuUsage.TotalTime - cpu;
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{rows} rows in {took.TotalSeconds:F1} s, {used.TotalSeconds:F1} s of CPU: {report}"));
        Assert.Equal(HistoryVerdict.Clean, report.Verdict);
    }

    private static RequestRecord Conflict(RequestRecord request, EventRecord sent) =>
        request with { Status = 409, Code = Outcomes.Conflict, Events = [sent.WithoutAnswer()] };
}
