using System.Text.Json;
using Flux.Core.Log;
using Flux.Server.Tests.Contract;

namespace Flux.Server.Tests.Subscriptions.V2;

/// <summary>When the changes of a replay come, by a clock that the tests move.</summary>
public sealed class ReplayTimingTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Present = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(0.8);

    private readonly ArmedTime _time = new();
    private HostedSubscriptions _hosted = null!;
    private NewerSocket _socket = null!;

    public async ValueTask InitializeAsync()
    {
        _time.SetUtcNow(Present);
        _hosted = await HostedSubscriptions.StartAsync(configure: null, _time);
        _socket = await NewerSocket.OpenAsync(_hosted.Port);
    }

    public async ValueTask DisposeAsync()
    {
        await _socket.DisposeAsync();
        await _hosted.DisposeAsync();
    }

    [Theory]
    [InlineData("1", 1)]
    [InlineData("10", 10)]
    [InlineData("0.5", 0.5)]
    public async Task Changes_come_in_their_spacing_divided_by_the_speed_and_those_of_one_moment_together(string speed, double times)
    {
        Write(0, 0.5, 0.5, 0.501, 2.5);

        await ReplayAsync($"\"from\":\"start\",\"speed\":{speed}");

        Assert.Equal(1, await NextAsync());
        Assert.Equal(0.5 / times, await PassAsync(0.5 / times), 6);
        foreach (var position in (int[])[2, 3, 4])
        {
            Assert.Equal(position, await NextAsync());
        }

        Assert.Equal(2 / times, await PassAsync(2 / times), 6);
        Assert.Equal(5, await NextAsync());
        Assert.Equal("replayed", (await _socket.NextAsync()).Text("type"));
    }

    [Fact]
    public async Task The_clock_begins_at_the_place_that_was_asked_for_and_the_end_comes_at_its_time()
    {
        Write(0, 10, 20);
        var (from, to) = (Rfc(At(4)), Rfc(At(17)));

        var begun = await ReplayAsync($"\"from\":\"{from}\",\"to\":\"{to}\"");
        Assert.Equal(from, begun.Text("time"));
        Assert.Equal((1, 2), (begun.GetProperty("position").GetInt32(), begun.GetProperty("to").GetInt32()));

        Assert.Equal(6, await PassAsync(6), 6);
        Assert.Equal(2, await NextAsync());
        Assert.Equal(7, await PassAsync(7), 6);
        Assert.Equal(2, (await _socket.NextAsync("replayed", "sub", "replay", "position", "cursor")).GetProperty("position").GetInt32());

        // From a position it begins at that one's time.
        await ReplayAsync("\"from\":2");
        Assert.Equal(10, await PassAsync(10), 6);
        Assert.Equal(3, await NextAsync());
        Assert.Equal("replayed", (await _socket.NextAsync()).Text("type"));
    }

    [Fact]
    public async Task As_fast_as_possible_nothing_is_waited_for()
    {
        Write(0, 1000, 100_000);

        await ReplayAsync("\"from\":\"start\",\"speed\":\"max\"");

        foreach (var position in (int[])[1, 2, 3])
        {
            Assert.Equal(position, await NextAsync());
        }

        Assert.Equal("replayed", (await _socket.NextAsync()).Text("type"));
    }

    [Fact]
    public async Task A_paused_replay_stands_still_and_goes_on_where_it_stood()
    {
        Write(0, 0.6, 0.7);
        await ReplayAsync("\"from\":\"start\"");
        Assert.Equal(1, await NextAsync());
        await _time.ArmedAsync();
        _time.Advance(TimeSpan.FromSeconds(0.2));

        var paused = await AskAsync("pause");
        Assert.Equal(("pause", true, Rfc(At(0.2))), (paused.Text("answer"), paused.GetProperty("paused").GetBoolean(), paused.Text("time")));
        Assert.Equal(1, paused.GetProperty("position").GetInt32());
        Assert.Equal(Period, await _time.ArmedAsync());
        _time.Advance(TimeSpan.FromSeconds(100));
        Assert.Equal(Period, await _time.ArmedAsync());
        Assert.Equal("pause", (await AskAsync("pause")).Text("answer")); // nothing came before it
        Assert.Equal(Period, await _time.ArmedAsync());

        var resumed = await AskAsync("resume");
        Assert.Equal(("resume", false, Rfc(At(0.2))), (resumed.Text("answer"), resumed.GetProperty("paused").GetBoolean(), resumed.Text("time")));
        Assert.Equal(0.4, await PassAsync(0.4), 6);
        Assert.Equal(2, await NextAsync());
        Assert.Equal(0.1, await PassAsync(0.1), 6);
        Assert.Equal(3, await NextAsync());
    }

    [Fact]
    public async Task Another_speed_counts_at_once()
    {
        Write(0, 1000);
        await ReplayAsync("\"from\":\"start\"");
        Assert.Equal(1, await NextAsync());
        await _time.ArmedAsync();

        var answer = await AskAsync("speed", ",\"speed\":2000");

        Assert.Equal(("speed", 2000), (answer.Text("answer"), answer.GetProperty("speed").GetInt32()));
        Assert.Equal(0.5, await PassAsync(0.5), 6);
        Assert.Equal(2, await NextAsync());
    }

    [Fact]
    public async Task A_seek_goes_anywhere_up_to_the_end_and_the_clock_with_it()
    {
        Write(0, 100, 200, 300);
        await ReplayAsync("\"from\":\"start\",\"to\":4");
        Assert.Equal(1, await NextAsync());
        await _time.ArmedAsync();

        var forward = await AskAsync("seek", ",\"from\":3");
        Assert.Equal(("seek", 3, Rfc(At(200))), (forward.Text("answer"), forward.GetProperty("position").GetInt32(), forward.Text("time")));
        await _time.ArmedAsync();

        var back = await AskAsync("seek", $",\"from\":\"{Rfc(At(99.5))}\"");
        Assert.Equal((1, Rfc(At(99.5))), (back.GetProperty("position").GetInt32(), back.Text("time")));
        Assert.Equal(0.5, await PassAsync(0.5), 6);
        Assert.Equal(2, await NextAsync());
        await _time.ArmedAsync();

        await AskAsync("pause");
        await _time.ArmedAsync();
        Assert.True((await AskAsync("seek", ",\"from\":\"start\"")).GetProperty("paused").GetBoolean());
        await _time.ArmedAsync();
        await AskAsync("resume");
        Assert.Equal(1, await NextAsync());
    }

    [Fact]
    public async Task A_long_silence_is_cut()
    {
        Write(0, 1, 100_000);

        await ReplayAsync("\"from\":\"start\",\"max_idle\":3");

        Assert.Equal(1, await NextAsync());
        Assert.Equal(1, await PassAsync(1), 6);
        Assert.Equal(2, await NextAsync());
        Assert.Equal(3, await PassAsync(3), 6);
        Assert.Equal(3, await NextAsync());
    }

    [Fact]
    public async Task Progress_tells_the_clock_while_nothing_comes_and_while_it_is_paused()
    {
        Write(0, 2);
        await ReplayAsync("\"from\":\"start\",\"progress\":true,\"speed\":0.5");
        Assert.Equal(1, await NextAsync());

        foreach (var shown in (double[])[0.4, 0.8])
        {
            _time.Advance(await _time.ArmedAsync());
            var progress = await _socket.NextAsync("progress", "sub", "replay", "time", "position", "cursor");
            Assert.Equal((Rfc(At(shown)), 1), (progress.Text("time"), progress.GetProperty("position").GetInt32()));
        }

        await _time.ArmedAsync();
        await AskAsync("pause");
        for (var i = 0; i < 2; i++)
        {
            _time.Advance(await _time.ArmedAsync());
            Assert.Equal(Rfc(At(0.8)), (await _socket.NextAsync("progress", "sub", "replay", "time", "position", "cursor")).Text("time"));
        }
    }

    [Fact]
    public async Task A_replay_that_is_to_go_live_waits_for_the_last_change_and_then_for_nothing()
    {
        Write(0, 5);
        await ReplayAsync("\"from\":\"start\",\"to\":\"live\"");
        Assert.Equal(1, await NextAsync());
        Assert.Equal(5, await PassAsync(5), 6);
        Assert.Equal(2, await NextAsync());
        Assert.Equal(2, (await _socket.NextAsync("replayed", "sub", "replay", "position", "cursor")).GetProperty("position").GetInt32());
        Assert.Equal(2, (await _socket.NextAsync("caught_up", "sub", "position", "cursor")).GetProperty("position").GetInt32());

        Write(100);

        var live = await _socket.NextAsync("change", ["sub", "entity_id", "properties", .. NewerSocketTests.Common]);
        Assert.Equal(3, live.GetProperty("position").GetInt32());
        await _socket.RefusedAsync("""{"type":"pause"}""", "not_replaying");
    }

    // Seconds of a day long past.
    private static Timestamp At(double seconds) => new(1_772_028_627_000_000 + (long)(seconds * 1_000_000));

    private static string Rfc(Timestamp time)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        Core.Json.JsonWrite.Time(output, time, "Z"u8);
        return JsonSerializer.Deserialize<string>(output.WrittenSpan)!;
    }

    private void Write(params ReadOnlySpan<double> seconds)
    {
        foreach (var second in seconds)
        {
            _hosted.Write("plant/pump", $"{{\"n\":{_hosted.History.Events.Count}}}", At(second));
        }
    }

    private Task<JsonElement> ReplayAsync(string members) => AskAsync("replay", $",\"entity\":\"plant/*\",{members}");

    private async Task<JsonElement> AskAsync(string type, string members = "")
    {
        var answer = await _socket.AskAsync($$"""{"type":"{{type}}"{{members}}}""");
        Assert.True(answer.Text("type") == "replaying" && answer.Text("answer") == type, $"the answer to {type} was expected: {answer}");
        return answer;
    }

    /// <summary>The next change, which must be marked.</summary>
    private async Task<int> NextAsync()
    {
        var frame = await _socket.NextAsync("change", ["sub", "replay", "entity_id", "properties", .. NewerSocketTests.Common]);
        return frame.GetProperty("position").GetInt32();
    }

    /// <summary>Lets as much time pass as the replay waits for, timer by timer, until it was so many seconds.</summary>
    /// <returns>How many it were.</returns>
    private async Task<double> PassAsync(double seconds)
    {
        var passed = TimeSpan.Zero;
        while (passed < TimeSpan.FromSeconds(seconds))
        {
            var wait = await _time.ArmedAsync();
            passed += wait;
            _time.Advance(wait);
        }

        return passed.TotalSeconds;
    }
}
