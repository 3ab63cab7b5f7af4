using Flux.Testing.Processes;
using Microsoft.Data.Sqlite;

namespace Flux.Server.Tests.Namespaces;

/// <summary>What says who may do what, changed behind Flux's back.</summary>
public sealed class DamagedRecordTests
{
    [Fact]
    public async Task A_server_with_authentication_does_not_start_on_a_record_that_nobody_can_trust()
    {
        using var directory = new TemporaryDirectory();
        await using var owned = new OwnedServer();
        owned.Http.Environment["FLUX_DATA"] = directory.Path;
        await owned.InitializeAsync();
        var (name, _) = await owned.RegisterPrivateAsync();
        await owned.Http.KillAsync();

        // What is kept of the records is thrown away, so that they are read from the log.
        foreach (var file in Directory.GetFiles(directory.Path, "read-model.db*"))
        {
            File.Delete(file);
        }

        await using (var log = new SqliteConnection($"Data Source={directory.At("log.db")};Pooling=False"))
        {
            await log.OpenAsync();
            await using var change = log.CreateCommand();
            change.CommandText = "UPDATE event SET payload = CAST(replace(CAST(payload AS TEXT), 'private', 'visible') AS BLOB) WHERE entity LIKE '$flux/%' AND instr(payload, 'private') > 0";
            Assert.True(await change.ExecuteNonQueryAsync() > 0, "nothing was changed");
        }

        Assert.NotNull(await Record.ExceptionAsync(owned.Http.StartAsync));
        Assert.True(owned.Http.HasExited, "the server runs");
        Assert.Contains(owned.Http.Output, line => line.Contains(name, StringComparison.Ordinal) && line.Contains("has a damaged event at position", StringComparison.Ordinal));
    }
}
