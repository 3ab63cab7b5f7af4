using System.Globalization;
using Flux.Testing.History;
using Flux.Testing.PostgreSql;
using Flux.Testing.Processes;
using Npgsql;

namespace Flux.Cluster.Tests.Bench;

/// <summary>The private server: what is committed outlives each way of ending it, and each fault is proved.</summary>
public sealed class PostgreSqlServerTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private HistoryRecorder _recorder = null!;
    private PostgreSqlServer _server = null!;
    private string _database = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(PostgreSqlServer.WhyMissing is not null, PostgreSqlServer.WhyMissing ?? string.Empty);
        _recorder = new HistoryRecorder(_directory.At("history"));
        _server = await PostgreSqlServer.StartAsync(TimeProvider.System, Cancellation);
        _database = await _server.CreateDatabaseAsync(Cancellation);
        await PostgreSqlServer.ExecuteAsync(_database, "CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)", Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
            await _recorder.DisposeAsync();
        }

        _directory.Dispose();
    }

    [Fact]
    public async Task It_flushes_every_commit_and_each_database_is_empty()
    {
        var other = await _server.CreateDatabaseAsync(Cancellation);

        Assert.Equal("on", await PostgreSqlServer.ExecuteAsync(_database, "SHOW fsync", Cancellation));
        Assert.Equal("on", await PostgreSqlServer.ExecuteAsync(_database, "SHOW synchronous_commit", Cancellation));
        Assert.Equal(DBNull.Value, await PostgreSqlServer.ExecuteAsync(other, "SELECT to_regclass('kept')::text", Cancellation));
    }

    [Theory]
    [InlineData(PostgreSqlStop.Fast)]
    [InlineData(PostgreSqlStop.Immediate)]
    public async Task A_stopped_server_comes_back_on_its_port_with_what_was_committed(PostgreSqlStop mode)
    {
        await _server.StopAsync(mode, _recorder, Cancellation);

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => ReadAsync());
        await _server.StartAgainAsync(Cancellation);

        Assert.Equal(1, await ReadAsync());
        AssertProved(1);
    }

    [Fact]
    public async Task A_killed_server_comes_back_too()
    {
        await using var open = await PostgreSqlServer.ConnectAsync(_database, Cancellation);

        await _server.KillAsync(_recorder, Cancellation);
        await _server.StartAgainAsync(Cancellation);

        Assert.Equal(1, await ReadAsync());
        AssertProved(1);
    }

    [Fact]
    public async Task A_frozen_server_answers_once_it_goes_on()
    {
        await using var open = await PostgreSqlServer.ConnectAsync(_database, Cancellation);
        await _server.FreezeAsync(_recorder, Cancellation);

        await using var command = new NpgsqlCommand("SELECT n FROM kept", open);
        var reading = command.ExecuteScalarAsync(Cancellation);
        Assert.False(reading.IsCompleted);
        _server.Thaw();

        Assert.Equal(1, await reading.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, Cancellation));
        AssertProved(1);
    }

    private Task<object?> ReadAsync() => PostgreSqlServer.ExecuteAsync(_database, "SELECT n FROM kept", Cancellation);

    private void AssertProved(int faults)
    {
        _recorder.Flush();
        var proved = HistoryReader.Read(_recorder.Directory, HistoryFiles.Faults, HistoryJson.Default.FaultRecord).Count(f => f.Record.Proof is not null);
        Assert.True(faults == proved, string.Create(CultureInfo.InvariantCulture, $"{proved} faults were proved"));
    }
}
