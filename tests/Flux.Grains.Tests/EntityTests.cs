using System.Diagnostics.Metrics;
using System.Text;
using Flux.Core.Claims;
using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Log;
using Flux.EventLog;
using Flux.Grains.Entities;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Flux.Grains.Tests;

/// <summary>An entity's grain in a real silo, with the real log writer before a log that fails on command.</summary>
public sealed class EntityTests(Silo silo) : IClassFixture<Silo>, IAsyncLifetime
{
    private readonly ScriptedEventLog _log = new();
    private readonly LogWriterOptions _options = new();
    private readonly TaskCompletionSource _hold = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly EntityKey _key = Bulbs.NewKey();
    private LogWriter _writer = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IEntityGrain Entity => new EntityGrains(silo.Grains).Get(_key);

    public async ValueTask InitializeAsync()
    {
        _writer = new LogWriter(
            _log, [], new OpenGate(), Options.Create(_options), new LogInstruments(new Meter("tests")), TimeProvider.System, NullLogger<LogWriter>.Instance);
        _writer.Start();
        silo.Use(_writer, _log);
    }

    public async ValueTask DisposeAsync()
    {
        _hold.TrySetResult();
        await _writer.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Appends_take_the_next_versions_and_chain_their_hashes()
    {
        var results = new List<AppendResult>();
        foreach (var properties in new[] { """{"a":1}""", "{}", """{"a":2,"b":1}""", """{"__deleted__":true}""", """{"a":3}""" })
        {
            results.Add(await Entity.AppendAsync(Bulbs.Event(_key, properties)));
        }

        var recorded = results.ConvertAll(r => Assert.IsType<AppendResult.Appended>(r).Event);
        Assert.Equal([1, 2, 3, 4, 5], recorded.Select(e => e.Version));
        Assert.Equal(["{}", null, """{"a":1}""", "{}", "{}"], recorded.Select(e => e.Before is null ? null : Encoding.UTF8.GetString(e.Before)));
        var previous = EventHash.None;
        Assert.All(recorded, e => Assert.Equal(previous = EventHash.OfRow(previous, e.Data, e.Version, e.Before, cause: null, expiry: null), e.Hash));
        await AssertStateIsTheLogsFoldAsync("""{"a":3}""");
    }

    [Fact]
    public async Task A_quarantined_entity_refuses_everything_names_the_event_and_is_not_read_again()
    {
        await Entity.AppendAsync(Bulbs.Event(_key, """{"a":1}"""));
        var damage = new EntityDamage(new Position(1), Version: 1, "does not have its hash");

        await Entity.QuarantineAsync(damage);

        var calls = new Func<Task>[]
        {
            () => Entity.GetAsync(),
            () => Entity.AppendAsync(Bulbs.Event(_key, """{"a":2}""")),
            () => Entity.GetClaimsAsync(),
            () => Entity.ExpireAsync(),
        };
        foreach (var call in calls)
        {
            var refused = await Assert.ThrowsAsync<EntityQuarantinedException>(call);
            Assert.Equal("quarantined", refused.Code);
            Assert.Contains("position 1 (version 1) does not have its hash", refused.Message, StringComparison.Ordinal);
        }

        var outcomes = await Entity.AppendManyAsync([Bulbs.Event(_key, """{"a":3}"""), Bulbs.Event(_key, """{"a":4}""")]);
        Assert.All(outcomes, outcome => Assert.IsType<EntityQuarantinedException>(outcome.Failure));
        Assert.Equal([new QuarantinedEntity(_key.Id, damage)], _log.Quarantined);
        Assert.Equal(1, silo.CountLoads(_key));
    }

    [Fact]
    public async Task A_second_append_is_queued_before_the_first_is_flushed_and_judged_behind_it()
    {
        _log.Next(gate: _hold.Task);
        var first = Entity.AppendAsync(Set("a", 1));
        await _log.CalledAsync(times: 1, Token);

        var rest = Entity.AppendManyAsync([Set("a", 2), Set("a", 3)]); // two calls might overtake each other
        await silo.QueuedAsync(times: 3, Token);
        _hold.SetResult();
        await Task.WhenAll(first, rest).WaitAsync(Token);

        Assert.Equal([1, 2], _log.Calls.Select(c => c.Length));
        Assert.Equal([1, 2, 3], _log.Recorded.Select(e => e.Version));
        Assert.Equal("""{"a":2}""", Encoding.UTF8.GetString(_log.Recorded[2].Before!));
        await AssertStateIsTheLogsFoldAsync("""{"a":3}""");
    }

    [Fact]
    public async Task The_longest_unused_leave_memory_when_there_are_too_many_and_go_on_where_they_were()
    {
        var keys = Enumerable.Range(0, 5 * Silo.ActiveEntities).Select(_ => Bulbs.NewKey()).ToArray();
        var entities = new EntityGrains(silo.Grains);
        for (var round = 1; round <= 2; round++)
        {
            foreach (var key in keys)
            {
                var result = await entities.Get(key).AppendAsync(Bulbs.Set(key, "a", "1"));
                Assert.Equal(round, Assert.IsType<AppendResult.Appended>(result).Event.Version);
                await Entity.AppendAsync(Set("a", round)); // in use all the time
                Assert.InRange(silo.Activations.Count, 1, Silo.ActiveEntities * 3 / 2);
            }
        }

        Assert.All(keys, key => Assert.Equal(2, silo.CountLoads(key)));
        Assert.Equal(1, silo.CountLoads(_key));
        Assert.Equal(2 * keys.Length, (await Entity.GetAsync())!.Version);
    }

    [Fact]
    public async Task A_read_shows_what_is_committed_while_more_is_in_flight()
    {
        await Entity.AppendAsync(Set("a", 1));
        _log.Next(gate: _hold.Task);
        var second = Entity.AppendAsync(Set("a", 2));
        await _log.CalledAsync(times: 2, Token);

        var during = await Entity.GetAsync();
        _hold.SetResult();
        await second.WaitAsync(Token);
        var after = await Entity.GetAsync();

        Assert.Equal((1, """{"a":1}"""), (during!.Version, Encoding.UTF8.GetString(during.Properties)));
        Assert.Equal((2, """{"a":2}"""), (after!.Version, Encoding.UTF8.GetString(after.Properties)));
    }

    [Fact]
    public async Task Events_of_one_call_are_recorded_in_their_order()
    {
        var outcomes = await Entity.AppendManyAsync([.. Enumerable.Range(0, 500).Select(i => Set("n", i))]);

        Assert.Equal(Enumerable.Range(1, 500).Select(i => (long)i), outcomes.Select(o => Assert.IsType<AppendResult.Appended>(o.Result).Event.Version));
        Assert.Equal(Enumerable.Range(0, 500), _log.Recorded.Select(ValueOf));
    }

    [Fact]
    public async Task A_failure_leaves_no_trace_and_what_was_queued_behind_it_is_judged_again()
    {
        await Entity.AppendAsync(Set("a", 1));
        _log.Next(gate: _hold.Task, before: new EventLogUnavailableException("down"));
        var failing = Entity.AppendAsync(Set("b", 2));
        await _log.CalledAsync(times: 2, Token);
        var behind = Entity.AppendAsync(Set("c", 3));
        await silo.QueuedAsync(times: 3, Token);

        _hold.SetResult();
        await Assert.ThrowsAsync<EventLogUnavailableException>(() => failing.WaitAsync(Token));
        var recorded = Assert.IsType<AppendResult.Appended>(await behind.WaitAsync(Token)).Event;

        Assert.Equal(2, recorded.Version);
        await AssertStateIsTheLogsFoldAsync("""{"a":1,"c":3}""");
    }

    [Fact]
    public async Task What_is_judged_again_behind_a_failure_keeps_its_order_and_is_loaded_once()
    {
        _log.Next(gate: _hold.Task, before: new EventLogUnavailableException("down"));
        var failing = Entity.AppendAsync(Set("n", 0));
        await _log.CalledAsync(times: 1, Token);
        var loads = _log.Loads;
        var behind = Entity.AppendManyAsync([.. Enumerable.Range(1, 100).Select(i => Set("n", i))]);
        await silo.QueuedAsync(times: 101, Token);

        _hold.SetResult();
        await Assert.ThrowsAsync<EventLogUnavailableException>(() => failing.WaitAsync(Token));
        await behind.WaitAsync(Token);

        Assert.Equal(Enumerable.Range(1, 100), _log.Recorded.Select(ValueOf));
        Assert.Equal(loads + 1, _log.Loads);
        await AssertStateIsTheLogsFoldAsync("""{"n":100}""");
    }

    [Fact]
    public async Task What_stands_behind_a_late_duplicate_is_recorded_in_its_order()
    {
        _log.RecordElsewhere(Bulbs.Set(_key, "n", "7", eventId: "late"));
        await Entity.GetAsync();
        _log.Next(gate: _hold.Task);
        var first = Entity.AppendAsync(Set("n", 0));
        await _log.CalledAsync(times: 1, Token);
        var rest = Entity.AppendManyAsync([Bulbs.Set(_key, "n", "7", eventId: "late"), .. Enumerable.Range(1, 20).Select(i => Set("n", i))]);
        await silo.QueuedAsync(times: 22, Token);

        _hold.SetResult();
        await first.WaitAsync(Token);
        var outcomes = await rest.WaitAsync(Token);

        Assert.Equal(1, Assert.IsType<AppendResult.Duplicate>(outcomes[0].Result).Event.Version);
        Assert.All(outcomes[1..], o => Assert.IsType<AppendResult.Appended>(o.Result));
        Assert.Equal([7, .. Enumerable.Range(0, 21)], _log.Recorded.Select(ValueOf));
        await AssertStateIsTheLogsFoldAsync("""{"n":20}""");
    }

    [Fact]
    public async Task A_condition_that_fails_on_what_is_in_flight_is_answered_when_that_is_on_disk()
    {
        await Entity.AppendAsync(Set("a", 1));
        _log.Next(gate: _hold.Task);
        var first = Entity.AppendAsync(Set("a", 2));
        await _log.CalledAsync(times: 2, Token);
        var late = Entity.AppendAsync(Set("a", 3).With(new AppendOptions { IfVersion = 1 }));
        await Entity.GetAsync();
        Assert.False(late.IsCompleted, "it was refused for an event that nobody knows to be recorded");

        _hold.SetResult();
        await first.WaitAsync(Token);

        var refused = Assert.IsType<AppendResult.ConditionFailed>(await late.WaitAsync(Token));
        Assert.Equal((FailedCondition.Version, 2), (refused.Condition, refused.Version));
        Assert.Equal("""{"a":2}""", Encoding.UTF8.GetString(refused.Current!.Properties));
        await AssertStateIsTheLogsFoldAsync("""{"a":2}""");
    }

    [Fact]
    public async Task A_condition_that_failed_on_what_was_never_recorded_is_judged_again()
    {
        await Entity.AppendAsync(Set("a", 1));
        _log.Next(gate: _hold.Task, before: new EventLogUnavailableException("down"));
        var failing = Entity.AppendAsync(Set("a", 2));
        await _log.CalledAsync(times: 2, Token);
        var behind = Entity.AppendAsync(Set("b", 3).With(new AppendOptions { IfVersion = 1, Condition = "properties.a == 1" }));
        await Entity.GetAsync();

        _hold.SetResult();
        await Assert.ThrowsAsync<EventLogUnavailableException>(() => failing.WaitAsync(Token));

        Assert.Equal(2, Assert.IsType<AppendResult.Appended>(await behind.WaitAsync(Token)).Event.Version);
        Assert.Null(_log.Recorded[^1].Data.Options);
        await AssertStateIsTheLogsFoldAsync("""{"a":1,"b":3}""");
    }

    [Fact]
    public async Task A_repetition_whose_condition_fails_takes_nothing_in_flight_from_what_comes_after_it()
    {
        var holdNext = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await Entity.AppendAsync(Set("a", 1));
        _log.Next(gate: _hold.Task);
        _log.Next(gate: holdNext.Task);
        var second = Entity.AppendAsync(Set("a", 2));
        await _log.CalledAsync(times: 2, Token);
        var late = Bulbs.Set(_key, "a", "0", eventId: "late").With(new AppendOptions { IfVersion = 1 });
        Task<AppendResult>[] refused = [Entity.AppendAsync(late), Entity.AppendAsync(late)];
        await Entity.GetAsync();
        var third = Entity.AppendAsync(Set("a", 3));
        await silo.QueuedAsync(times: 3, Token);

        _hold.SetResult();
        await Task.WhenAny(refused).WaitAsync(Token);
        await _log.CalledAsync(times: 3, Token);
        await Entity.GetAsync();
        holdNext.SetResult();
        await Task.WhenAll([second, third, .. refused]).WaitAsync(Token);
        var next = await Entity.AppendAsync(Set("b", 4).With(new AppendOptions { IfVersion = 3 }));

        Assert.All(refused, answer => Assert.IsType<AppendResult.ConditionFailed>(answer.Result));
        Assert.Equal(4, Assert.IsType<AppendResult.Appended>(next).Event.Version);
        await AssertStateIsTheLogsFoldAsync("""{"a":3,"b":4}""");
    }

    [Fact]
    public async Task Of_claims_in_flight_one_is_granted_and_a_failed_one_leaves_the_claim_free()
    {
        _log.Next(gate: _hold.Task, before: new EventLogUnavailableException("down"));
        var failing = Entity.ClaimAsync(new ClaimRequest.Acquire(Key: null, "first", 60));
        await _log.CalledAsync(times: 1, Token);
        Task<ClaimOutcome>[] others = [.. Enumerable.Range(0, 20).Select(i => Entity.ClaimAsync(new ClaimRequest.Acquire(Key: null, $"other {i}", 60)))];
        await Entity.GetAsync();

        _hold.SetResult();
        await Assert.ThrowsAsync<EventLogUnavailableException>(() => failing.WaitAsync(Token));
        var outcomes = await Task.WhenAll(others).WaitAsync(Token);

        var granted = Assert.Single(outcomes, outcome => outcome.Result is AppendResult.Appended);
        Assert.Equal(1, granted.Claim!.Token);
        Assert.All(outcomes.Where(outcome => outcome.Result is null), outcome => Assert.Equal(granted.Claim, outcome.Claim));
        Assert.Single(_log.Recorded);
    }

    [Fact]
    public async Task Nothing_that_is_not_due_expires_and_what_is_due_expires_once()
    {
        await Entity.AppendAsync(Set("a", 1).With(new AppendOptions { PropertyTtls = [new PropertyTtl("a", 60)] }));
        await Entity.ExpireAsync();
        Assert.Single(_log.Recorded);

        var past = Expiry.Of(entity: null, [new DueProperty("a", new Timestamp(1))]);
        _log.RecordElsewhere(past, Set("a", 2));
        await Assert.ThrowsAsync<EventLogUnavailableException>(async () =>
        {
            _log.Next(before: new EventLogUnavailableException("down")); // and so it reads the log again
            await Entity.AppendAsync(Set("b", 1));
        });
        await Task.WhenAll(Entity.ExpireAsync(), Entity.ExpireAsync(), Entity.ExpireAsync()).WaitAsync(Token);

        Assert.Equal(3, _log.Recorded.Length);
        await AssertStateIsTheLogsFoldAsync("""{"a":null}""");
    }

    [Fact]
    public async Task More_properties_than_one_event_may_set_expire_in_several()
    {
        foreach (var part in Enumerable.Range(0, 12_000).Select(i => $"p{i}").Chunk(6_000))
        {
            var due = Expiry.Of(entity: null, part.Select(name => new DueProperty(name, new Timestamp(1))));
            _log.RecordElsewhere(due, Bulbs.Event(_key, $"{{{string.Join(',', part.Select(name => $"\"{name}\":1"))}}}"));
        }

        await Entity.ExpireAsync().WaitAsync(Token);
        await Entity.ExpireAsync().WaitAsync(Token);
        await Entity.ExpireAsync().WaitAsync(Token);

        Assert.Equal([6_000, 6_000, 10_000, 2_000], _log.Recorded.Select(recorded => recorded.Data.Payload.Change.Properties.Length));
    }

    [Fact]
    public async Task An_unknown_outcome_that_was_stored_is_a_duplicate_when_it_is_sent_again()
    {
        var data = Bulbs.Set(_key, "a", "1", eventId: "once");
        _log.Next(after: new AppendOutcomeUnknownException("the answer was lost"));

        await Assert.ThrowsAsync<AppendOutcomeUnknownException>(() => Entity.AppendAsync(data).WaitAsync(Token));
        var read = await Entity.GetAsync();
        var again = await Entity.AppendAsync(data);

        Assert.Equal("""{"a":1}""", Encoding.UTF8.GetString(read!.Properties));
        Assert.Equal(1, Assert.IsType<AppendResult.Duplicate>(again).Event.Version);
        Assert.Single(_log.Recorded);
        await AssertStateIsTheLogsFoldAsync("""{"a":1}""");
    }

    [Fact]
    public async Task An_unknown_outcome_that_was_not_stored_is_recorded_when_it_is_sent_again()
    {
        var data = Bulbs.Set(_key, "a", "1", eventId: "once");
        _log.Next(before: new AppendOutcomeUnknownException("the question was lost"));

        await Assert.ThrowsAsync<AppendOutcomeUnknownException>(() => Entity.AppendAsync(data).WaitAsync(Token));
        var again = await Entity.AppendAsync(data);

        Assert.Equal(1, Assert.IsType<AppendResult.Appended>(again).Event.Version);
        Assert.Single(_log.Recorded);
    }

    [Fact]
    public async Task One_event_sent_a_thousand_times_at_once_is_one_row()
    {
        var data = Bulbs.Set(_key, "a", "1", eventId: "once");

        var results = await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => Entity.AppendAsync(data))).WaitAsync(Token);

        Assert.Single(_log.Recorded);
        Assert.Single(results, r => r is AppendResult.Appended);
        Assert.Equal(999, results.Count(r => r is AppendResult.Duplicate { Event.Version: 1 }));
        Assert.Single(_log.Calls);
    }

    [Fact]
    public async Task An_event_too_large_to_remember_is_one_row_all_the_same()
    {
        var data = Bulbs.Set(_key, "a", $"\"{new string('x', 5000)}\"", eventId: "large");

        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Entity.AppendAsync(data))).WaitAsync(Token);

        Assert.Single(_log.Recorded);
        Assert.Equal(19, results.Count(r => r is AppendResult.Duplicate { Event.Version: 1 }));
    }

    [Fact]
    public async Task Repetitions_of_an_append_that_fails_take_its_place_once()
    {
        var data = Bulbs.Set(_key, "a", "1", eventId: "once");
        _log.Next(gate: _hold.Task, before: new EventLogUnavailableException("down"));
        var failing = Entity.AppendAsync(data);
        await _log.CalledAsync(times: 1, Token);
        Task<AppendResult>[] repetitions = [.. Enumerable.Range(0, 20).Select(_ => Entity.AppendAsync(data))];
        await Entity.GetAsync();

        _hold.SetResult();
        await Assert.ThrowsAsync<EventLogUnavailableException>(() => failing.WaitAsync(Token));
        var results = await Task.WhenAll(repetitions).WaitAsync(Token);

        Assert.Single(_log.Recorded);
        Assert.Single(results, r => r is AppendResult.Appended);
        Assert.Equal(19, results.Count(r => r is AppendResult.Duplicate));
    }

    [Fact]
    public async Task Repetitions_of_an_append_that_fails_cost_one_more_commit()
    {
        var data = Bulbs.Set(_key, "a", "1", eventId: "once");
        _log.Next(gate: _hold.Task, before: new EventLogUnavailableException("down"));
        var failing = Entity.AppendAsync(data);
        await _log.CalledAsync(times: 1, Token);
        Task<AppendResult>[] repetitions = [.. Enumerable.Range(0, 200).Select(_ => Entity.AppendAsync(data))];
        await Entity.GetAsync();

        _hold.SetResult();
        await Assert.ThrowsAsync<EventLogUnavailableException>(() => failing.WaitAsync(Token));
        await Task.WhenAll(repetitions).WaitAsync(Token);

        Assert.Equal(2, _log.Calls.Length);
    }

    [Fact]
    public async Task Answers_may_overtake_each_other_and_the_time_of_the_last_change_stays_right()
    {
        var writer = new OvertakingWriter();
        silo.Use(writer, _log);
        var first = Entity.AppendAsync(Set("a", 1));
        await silo.QueuedAsync(times: 1, Token);
        await Entity.AppendAsync(Bulbs.Event(_key, "{}")).WaitAsync(Token);

        writer.AnswerFirst();
        await first.WaitAsync(Token);
        var read = await Entity.GetAsync();

        Assert.Equal((2, new Timestamp(1000)), (read!.Version, read.LastUpdated));
    }

    [Fact]
    public async Task When_the_log_cannot_be_read_each_event_of_a_call_has_its_own_outcome()
    {
        await Entity.AppendAsync(Set("a", 1));
        _log.LoadFailure = new IOException("cannot be read");
        _log.Next();
        _log.Next(before: new EventLogUnavailableException("down"));
        _options.MaxCommitEvents = 1;

        var outcomes = await Entity.AppendManyAsync([Set("b", 2), Set("c", 3), Set("d", 4)]).WaitAsync(Token);

        Assert.IsType<AppendResult.Appended>(outcomes[0].Result);
        Assert.All(outcomes[1..], o => Assert.IsType<EventLogUnavailableException>(o.Failure));
    }

    [Fact]
    public async Task Another_event_under_a_known_id_is_a_conflict_and_the_first_one_stands()
    {
        await Entity.AppendAsync(Bulbs.Set(_key, "a", "1", eventId: "id"));

        var known = await Entity.AppendAsync(Bulbs.Set(_key, "a", "2", eventId: "id"));
        _log.RecordElsewhere(Bulbs.Set(Bulbs.NewKey(), "a", "1", eventId: "elsewhere"));
        var unknown = await Entity.AppendAsync(Bulbs.Set(_key, "a", "3", eventId: "elsewhere"));
        var next = await Entity.AppendAsync(Set("b", 1));

        Assert.Equal("id", Assert.IsType<AppendResult.EventIdConflict>(known).EventId);
        Assert.Equal("elsewhere", Assert.IsType<AppendResult.EventIdConflict>(unknown).EventId);
        Assert.Equal(2, Assert.IsType<AppendResult.Appended>(next).Event.Version);
        await AssertStateIsTheLogsFoldAsync("""{"a":1,"b":1}""");
    }

    [Fact]
    public async Task Another_event_under_an_id_in_flight_is_a_conflict()
    {
        _log.Next(gate: _hold.Task);
        var first = Entity.AppendAsync(Bulbs.Set(_key, "a", "1", eventId: "id"));
        await _log.CalledAsync(times: 1, Token);

        var other = Entity.AppendAsync(Bulbs.Set(_key, "a", "2", eventId: "id"));
        await Entity.GetAsync();
        _hold.SetResult();

        Assert.IsType<AppendResult.Appended>(await first.WaitAsync(Token));
        Assert.IsType<AppendResult.EventIdConflict>(await other.WaitAsync(Token));
        Assert.Single(_log.Recorded);
    }

    [Fact]
    public async Task An_id_forgotten_by_the_entity_is_known_to_the_log()
    {
        var data = Bulbs.Set(_key, "a", "1", eventId: "first");
        await Entity.AppendAsync(data);
        await Entity.AppendManyAsync([.. Enumerable.Range(0, 200).Select(i => Bulbs.Set(_key, "n", $"{i}", eventId: $"id{i}"))]);

        var again = await Entity.AppendAsync(data);

        Assert.Equal(1, Assert.IsType<AppendResult.Duplicate>(again).Event.Version);
    }

    [Fact]
    public async Task A_version_taken_by_another_writer_is_a_detour_of_one_load()
    {
        await Entity.AppendAsync(Set("a", 1));
        _log.RecordElsewhere(Set("b", 2));
        var loads = _log.Loads;

        var result = await Entity.AppendAsync(Set("c", 3));

        Assert.Equal(3, Assert.IsType<AppendResult.Appended>(result).Event.Version);
        Assert.Equal(loads + 1, _log.Loads);
        await AssertStateIsTheLogsFoldAsync("""{"a":1,"b":2,"c":3}""");
    }

    [Fact]
    public async Task What_another_writer_records_while_the_entity_is_loaded_is_shown()
    {
        _log.RecordElsewhere(Set("a", 1));
        _log.OnLoaded = () =>
        {
            _log.RecordElsewhere(Set("a", 2));
            silo.Activations.OnFeed([_log.Recorded[^1]]);
        };

        var read = await Entity.GetAsync();

        Assert.Equal((2, """{"a":2}"""), (read!.Version, Encoding.UTF8.GetString(read.Properties)));
    }

    [Fact]
    public async Task What_was_recorded_before_and_is_fed_while_the_entity_is_loaded_costs_no_other_load()
    {
        _log.RecordElsewhere(Set("a", 1));
        _log.OnLoaded = () => silo.Activations.OnFeed([_log.Recorded[^1]]);

        var read = await Entity.GetAsync();
        await Entity.GetAsync();

        Assert.Equal(1, read!.Version);
        Assert.Equal(1, silo.CountLoads(_key));
    }

    [Fact]
    public async Task A_writer_that_always_loses_gives_up_and_nothing_is_written()
    {
        _log.Rival = () => _log.RecordElsewhere(Set("rival", 1));

        await Assert.ThrowsAsync<EventLogUnavailableException>(() => Entity.AppendAsync(Set("a", 1)).WaitAsync(Token));
        _log.Rival = null;

        Assert.InRange(_log.Calls.Length, 2, 60);
        Assert.DoesNotContain(_log.Recorded, e => e.Data.Payload.Change.Properties[0].Name == "a");
        Assert.IsType<AppendResult.Appended>(await Entity.AppendAsync(Set("a", 1)));
    }

    [Fact]
    public async Task A_full_queue_refuses_at_once_and_leaves_no_gap()
    {
        _options.MaxWaitingEvents = 2;
        _log.Next(gate: _hold.Task);
        var inFlight = Entity.AppendAsync(Set("a", 1));
        await _log.CalledAsync(times: 1, Token);

        var outcomes = Entity.AppendManyAsync([Set("b", 1), Set("c", 1), Set("d", 1), Set("e", 1)]);
        await silo.QueuedAsync(times: 5, Token);
        await Assert.ThrowsAsync<EventLogUnavailableException>(() => Entity.AppendAsync(Set("f", 1)).WaitAsync(Token));
        _hold.SetResult();
        var settled = await outcomes.WaitAsync(Token);
        await inFlight.WaitAsync(Token);
        var next = await Entity.AppendAsync(Set("g", 1));

        Assert.Equal([true, true, false, false], settled.Select(o => o.Result is AppendResult.Appended));
        Assert.Equal([false, false, true, true], settled.Select(o => o.Failure is EventLogUnavailableException));
        Assert.Equal(4, Assert.IsType<AppendResult.Appended>(next).Event.Version);
        await AssertStateIsTheLogsFoldAsync("""{"a":1,"b":1,"c":1,"g":1}""");
    }

    [Fact]
    public async Task When_the_log_cannot_be_read_after_a_failure_the_sender_hears_of_that_failure_and_the_entity_starts_anew()
    {
        await Entity.AppendAsync(Set("a", 1));
        _log.LoadFailure = new EventLogUnavailableException("cannot be read");
        _log.Next(after: new AppendOutcomeUnknownException("the answer was lost"));

        await Assert.ThrowsAsync<AppendOutcomeUnknownException>(() => Entity.AppendAsync(Set("b", 2)).WaitAsync(Token));
        _log.LoadFailure = null;
        var next = await Entity.AppendAsync(Set("c", 3));

        Assert.Equal(3, Assert.IsType<AppendResult.Appended>(next).Event.Version);
        await AssertStateIsTheLogsFoldAsync("""{"a":1,"b":2,"c":3}""");
    }

    [Fact]
    public async Task A_load_holds_new_appends_and_reads_back_and_not_the_answer_that_failed()
    {
        await Entity.AppendAsync(Set("a", 1));
        _log.LoadGate = _hold.Task;
        _log.Next(after: new AppendOutcomeUnknownException("the answer was lost"));
        var unknown = Entity.AppendAsync(Set("b", 2));
        await _log.CalledAsync(times: 2, Token);

        await Assert.ThrowsAsync<AppendOutcomeUnknownException>(() => unknown.WaitAsync(Token));
        var during = Entity.AppendAsync(Set("c", 3));
        var read = Entity.GetAsync();
        Assert.False(during.IsCompleted || read.IsCompleted);
        _hold.SetResult();

        Assert.InRange((await read.WaitAsync(Token))!.Version, 2, 3);
        Assert.Equal(3, Assert.IsType<AppendResult.Appended>(await during.WaitAsync(Token)).Event.Version);
        await AssertStateIsTheLogsFoldAsync("""{"a":1,"b":2,"c":3}""");
    }

    [Fact]
    public async Task A_load_that_read_before_an_append_in_flight_does_not_take_back_what_was_acknowledged()
    {
        var loaded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _options.StallAfter = TimeSpan.FromMilliseconds(50);
        await Entity.AppendAsync(Set("a", 1));
        _log.Next(gate: _hold.Task);
        var inFlight = Entity.AppendAsync(Set("b", 2));
        await _log.CalledAsync(times: 2, Token);
        _log.LoadedGate = loaded.Task;
        await Assert.ThrowsAsync<EventLogUnavailableException>(() => Entity.AppendAsync(Set("c", 3)).WaitAsync(Token)); // refused while it was queued, or because of the stall
        await Assert.ThrowsAsync<EventLogUnavailableException>(() => Entity.AppendAsync(Set("d", 4)).WaitAsync(Token));

        _hold.SetResult();
        Assert.IsType<AppendResult.Appended>(await inFlight.WaitAsync(Token));
        loaded.SetResult();

        Assert.Equal(2, (await Entity.GetAsync().WaitAsync(Token))!.Version);
        await AssertStateIsTheLogsFoldAsync("""{"a":1,"b":2}""");
    }

    [Fact]
    public async Task Nothing_of_a_call_is_recorded_behind_an_event_of_it_that_was_not()
    {
        _options.MaxCommitEvents = 1;
        _log.Next();
        _log.Next(before: new EventLogUnavailableException("down"));

        var outcomes = await Entity.AppendManyAsync([.. Enumerable.Range(1, 4).Select(i => Set("n", i))]);

        Assert.Equal([true, false, false, false], outcomes.Select(o => o.Result is AppendResult.Appended));
        Assert.All(outcomes[1..], o => Assert.IsType<EventLogUnavailableException>(o.Failure));
        await AssertStateIsTheLogsFoldAsync("""{"n":1}""");
    }

    [Fact]
    public async Task An_entity_that_was_never_written_does_not_exist()
    {
        Assert.Null(await Entity.GetAsync());

        await Entity.AppendAsync(Bulbs.Event(_key, "{}"));

        Assert.Null(await Entity.GetAsync());
    }

    [Fact]
    public async Task An_entity_beyond_its_limit_takes_no_more_but_can_be_deleted()
    {
        var large = $"\"{new string('x', 4 * 1024 * 1024)}\"";
        foreach (var name in new[] { "a", "b", "c" })
        {
            await Entity.AppendAsync(Bulbs.Set(_key, name, large));
        }

        var full = await Entity.AppendAsync(Bulbs.Set(_key, "d", large));
        var replaced = await Entity.AppendAsync(Set("a", 1));
        var deleted = await Entity.AppendAsync(Bulbs.Event(_key, """{"__deleted__":true}"""));

        Assert.IsType<AppendResult.EntityFull>(full);
        Assert.Equal(4, Assert.IsType<AppendResult.Appended>(replaced).Event.Version);
        Assert.Equal(5, Assert.IsType<AppendResult.Appended>(deleted).Event.Version);
        Assert.Null(await Entity.GetAsync());
    }

    [Fact]
    public async Task Random_failures_never_lose_double_or_reorder_what_was_acknowledged()
    {
        var random = new Random(20260225);
        for (var i = 0; i < 60; i++)
        {
            var failure = random.Next(6);
            _log.Next(
                before: failure == 0 ? new EventLogUnavailableException("x") : failure == 1 ? new AppendOutcomeUnknownException("x") : null,
                after: failure == 2 ? new AppendOutcomeUnknownException("x") : null);
        }

        var outcomes = await Entity.AppendManyAsync([.. Enumerable.Range(0, 120).Select(i => Bulbs.Set(_key, $"p{i}", $"{i}", eventId: $"id{i}"))]);
        for (var round = 0; round < 100 && outcomes.Any(o => o.Result is null); round++)
        {
            outcomes = await Entity.AppendManyAsync([.. Enumerable.Range(0, 120).Select(i => Bulbs.Set(_key, $"p{i}", $"{i}", eventId: $"id{i}"))]);
        }

        Assert.Equal(120, _log.Recorded.Length);
        Assert.Distinct(_log.Recorded.Select(e => e.Data.EventId));
        Assert.All(outcomes, o => Assert.True(o.Result is AppendResult.Appended or AppendResult.Duplicate));
        Assert.Equal(_log.Fold(_key).Version, (await Entity.GetAsync())!.Version);
    }

    private static int ValueOf(RecordedEvent recorded) =>
        int.Parse(Encoding.UTF8.GetString(recorded.Data.Payload.Change.Properties[0].Value.Span), System.Globalization.CultureInfo.InvariantCulture);

    private EventData Set(string name, int value) => Bulbs.Set(_key, name, $"{value}");

    private async Task AssertStateIsTheLogsFoldAsync(string properties)
    {
        var (read, fold) = (await Entity.GetAsync(), _log.Fold(_key));
        Assert.NotNull(read);
        Assert.Equal(properties, Encoding.UTF8.GetString(read.Properties));
        Assert.Equal((fold.Version, fold.LastUpdated), (read.Version, read.LastUpdated));
    }
}
