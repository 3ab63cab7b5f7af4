using Flux.EventLog.PostgreSql;
using Npgsql;

namespace Flux.EventLog.Tests;

public sealed class AppendCommandTests
{
    [Theory]
    [InlineData("ERROR", "ERROR", true)]
    [InlineData("FEHLER", "ERROR", true)]
    [InlineData("FATAL", "FATAL", false)]
    [InlineData("PANIK", "PANIC", false)]
    public void A_statement_that_was_taken_back_is_known_in_any_language_of_the_server(string severity, string invariantSeverity, bool isTakenBack) =>
        Assert.Equal(isTakenBack, AppendCommand.IsTakenBack(new PostgresException("no room", severity, invariantSeverity, PostgresErrorCodes.DiskFull)));
}
