using System.Data.Common;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Flux.Testing.History;
using Flux.Testing.Load;
using Flux.Testing.PostgreSql;
using Flux.Testing.Processes;
using Microsoft.Data.Sqlite;

namespace Flux.Cluster.Tests.Scenarios;

/// <summary>One server on either store, a small world in it, and hands behind its back.</summary>
internal sealed class DamagedWorld : IAsyncDisposable
{
    /// <summary>Leaves nothing of a read model in PostgreSQL, so that it is built from the log alone.</summary>
    public const string ForgetReadModel =
        """
        TRUNCATE entity, entity_snapshot, namespace_count, checkpoint, checkpoint_entity, series_chunk, series_stretch;
        UPDATE projection SET position = 0, entity_count = 0, counted = 0, snapshots_from = 0, snapshots_to = 0, row_hash = NULL, row_hash_at = 0
        """;

    private const string AdminToken = "an-admin-token-for-a-test";

    private readonly TemporaryDirectory _directory = new();
    private readonly string _row;
    private readonly string? _database;
    private readonly HttpClient _http = new();
    private readonly Dictionary<(string Entity, long Version), long> _positions = [];
    private FluxProcess? _server;

    private DamagedWorld(string row, string? database) => (_row, _database) = (row, database);

    /// <summary>Gets the embedded store's files; nothing is there on PostgreSQL.</summary>
    public string DataDirectory => _directory.At("data");

    public bool IsEmbedded => _database is null;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Starts a server on an empty store of its own; skips without PostgreSQL when that is asked for.</summary>
    public static async Task<DamagedWorld> StartAsync(string row, bool isEmbedded, SharedPostgreSql shared)
    {
        Assert.SkipWhen(!isEmbedded && PostgreSqlServer.WhyMissing is not null, PostgreSqlServer.WhyMissing ?? string.Empty);
        var world = new DamagedWorld(row, isEmbedded ? null : await (await shared.StartedAsync()).CreateDatabaseAsync(Cancellation));
        await world.StartAsync();
        return world;
    }

    /// <summary>Starts the server if it can be started.</summary>
    /// <returns>Null when it is ready; else what it said.</returns>
    public async Task<string?> TryStartAsync()
    {
        try
        {
            await StartAsync();
            return null;
        }
        catch (InvalidOperationException e) when (e.Message.Contains("ended with", StringComparison.Ordinal))
        {
            return e.Message;
        }
    }

    public async Task StartAsync()
    {
        var options = new FluxProcessOptions
        {
            DataDirectory = IsEmbedded ? DataDirectory : null,
            Postgres = _database,
            SiloPort = IsEmbedded ? null : FreePort.Next(),
            Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["FLUX_ADMIN_TOKEN"] = AdminToken },
        };
        _server = await FluxProcess.StartAsync(options, TimeProvider.System, Cancellation);
    }

    /// <summary>Ends the server in good order, which a server with damaged events must be able to as well.</summary>
    public async Task StopAsync()
    {
        var exitCode = await _server!.StopAsync(Cancellation);
        Assert.True(exitCode == 0, $"exit code {exitCode}\n{_server.Output}");
        ServerLog.AssertNothingUnhandled(_server.Output, _row); // also of what it wrote at its end
        await _server.DisposeAsync();
        _server = null;
    }

    /// <summary>Publishes one event of an entity.</summary>
    public async Task<(HttpStatusCode Status, string Body)> PublishAsync(string entity, int value)
    {
        var (status, body) = await SendAsync(
            HttpMethod.Post,
            "api/events",
            string.Create(CultureInfo.InvariantCulture, $$$$"""{"stream":"test","source":"test","payload":{"entity_id":"{{{{entity}}}}","properties":{"n":{{{{value}}}}}}}"""));
        if (status == HttpStatusCode.OK)
        {
            using var answer = JsonDocument.Parse(body);
            _positions[(entity, answer.RootElement.GetProperty("version").GetInt64())] = answer.RootElement.GetProperty("position").GetInt64();
        }

        return (status, body);
    }

    /// <summary>Gets where an event that was published is.</summary>
    public long PositionOf(string entity, long version) => _positions[(entity, version)];

    public Task<(HttpStatusCode Status, string Body)> GetAsync(string path) => SendAsync(HttpMethod.Get, path, body: null);

    public Task<(HttpStatusCode Status, string Body)> ReadAsync(string entity) => GetAsync($"api/state/entities/{entity}");

    /// <summary>Reads what a subscriber to all gets from the beginning of the log until it has all.</summary>
    public async Task<List<JsonElement>> FollowAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_server!.Address, "api/stream?prefix=plant/&from=0"));
        using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        answer.EnsureSuccessStatusCode();
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(Cancellation));
        var frames = new List<JsonElement>();
        while (await reader.ReadLineAsync(Cancellation) is { } line)
        {
            if (line.StartsWith("data:", StringComparison.Ordinal))
            {
                frames.Add(JsonElement.Parse(line["data:".Length..]));
                if (frames[^1].GetProperty("type").GetString() is "caught_up")
                {
                    return frames;
                }
            }
        }

        throw new InvalidOperationException($"the stream ended before it had caught up:\n{_server.Output}");
    }

    /// <summary>Gives the ids of the quarantined entities as the operator sees them, with the position named for each.</summary>
    public async Task<Dictionary<string, long>> QuarantinedAsync()
    {
        var (status, body) = await GetAsync("api/admin/quarantine?limit=1000");
        Assert.Equal(HttpStatusCode.OK, status);
        using var json = JsonDocument.Parse(body);
        return json.RootElement.GetProperty("entities").EnumerateArray()
            .ToDictionary(entity => entity.GetProperty("entity_id").GetString()!, entity => entity.GetProperty("position").GetInt64(), StringComparer.Ordinal);
    }

    /// <summary>Gives the ids of a list.</summary>
    public async Task<List<string>> ListAsync(string query)
    {
        var (status, body) = await GetAsync($"api/state/entities?prefix=plant/{query}");
        Assert.True(status == HttpStatusCode.OK, body);
        using var json = JsonDocument.Parse(body);
        return [.. json.RootElement.EnumerateArray().Select(entity => entity.GetProperty("id").GetString()!)];
    }

    /// <summary>Damages an event.</summary>
    public async Task DamageAsync(string kind, long position, long other = 0)
    {
        await using var log = await ConnectAsync("log.db");
        await RowDamage.DoAsync(log, kind, position, other, Seed.Random(part: 1), Cancellation);
    }

    /// <summary>Changes the read model.</summary>
    public async Task ChangeReadModelAsync(string sql)
    {
        await using var connection = await ConnectAsync("read-model.db");
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(Cancellation);
    }

    /// <summary>Keeps all that is written from now on in the WAL, where a power cut finds what was not flushed: what has been moved into the file was flushed before.</summary>
    /// <returns>What keeps it there until it is disposed, and how long the WAL was.</returns>
    public async Task<(IAsyncDisposable Hold, long WalLength)> HoldWalAsync()
    {
        var reader = await ConnectAsync("log.db");
        await using var command = reader.CreateCommand();
        command.CommandText = "BEGIN; SELECT count(*) FROM event";
        await command.ExecuteScalarAsync(Cancellation);
        return (reader, new FileInfo(Path.Combine(DataDirectory, "log.db-wal")).Length);
    }

    /// <summary>Keeps the log as it is, or puts it back: what a restore does, without the time that it takes.</summary>
    public async Task KeepLogAsync()
    {
        await using var log = await ConnectAsync("log.db");
        await using var command = log.CreateCommand();
        command.CommandText = IsEmbedded ? "CREATE TABLE kept AS SELECT * FROM event" : "CREATE SCHEMA kept; CREATE TABLE kept.event AS TABLE event";
        await command.ExecuteNonQueryAsync(Cancellation);
    }

    /// <summary>Puts the events back that <see cref="KeepLogAsync"/> has kept.</summary>
    public async Task RepairLogAsync()
    {
        await using var log = await ConnectAsync("log.db");
        await using var command = log.CreateCommand();
        var kept = IsEmbedded ? "kept" : "kept.event";
        command.CommandText = $"DELETE FROM event WHERE position <= (SELECT max(position) FROM {kept}); INSERT INTO event SELECT * FROM {kept}";
        await command.ExecuteNonQueryAsync(Cancellation);
    }

    /// <summary>Takes the read model away while the server is down, as docs/operations.md says.</summary>
    public async Task ForgetReadModelAsync()
    {
        if (IsEmbedded)
        {
            foreach (var file in Directory.GetFiles(DataDirectory, "read-model.db*"))
            {
                File.Delete(file);
            }
        }
        else
        {
            await ChangeReadModelAsync(ForgetReadModel);
        }
    }

    /// <summary>Verifies the store as it is.</summary>
    public Task<FluxCommandResult> VerifyAsync() => IsEmbedded
        ? FluxCommand.VerifyDataAsync(DataDirectory, Cancellation)
        : FluxCommand.VerifyDatabaseAsync(_database!, Cancellation);

    /// <summary>Gives the lines that the server has written since its start which hold a text.</summary>
    public IReadOnlyList<string> ToldOf(string text) => [.. _server!.Output.Split('\n').Where(line => line.Contains(text, StringComparison.Ordinal))];

    /// <summary>Asserts that nothing went wrong that nobody had thought of.</summary>
    public void AssertNoDefects()
    {
        ServerLog.AssertNothingUnhandled(_server!.Output, _row);
        Assert.False(_server.HasExited);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _http.Dispose();
        _directory.Dispose();
    }

    private async Task<DbConnection> ConnectAsync(string file)
    {
        DbConnection connection = IsEmbedded
            ? new SqliteConnection($"Data Source={Path.Combine(DataDirectory, file)};Pooling=False")
            : await PostgreSqlServer.ConnectAsync(_database!, Cancellation);
        if (IsEmbedded)
        {
            await connection.OpenAsync(Cancellation);
        }

        return connection;
    }

    private async Task<(HttpStatusCode Status, string Body)> SendAsync(HttpMethod method, string path, string? body)
    {
        using var request = new HttpRequestMessage(method, new Uri(_server!.Address, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", AdminToken);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await _http.SendAsync(request, Cancellation);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancellation));
    }
}
