using System.CommandLine;
using Flux.EventLog;

namespace Flux.Server.Hosting;

/// <summary>The command <c>verify</c>.</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var data = StoreOptions.Data("a data directory or a backup; its server may be running");
        var postgres = StoreOptions.Postgres();
        var digest = new Option<FileInfo?>("--digest") { Description = "a head that export has written earlier: shows an end that was cut off, and a log that is another one" };
        var command = new Command(
            "verify", "Computes every hash and digest of a log anew, folds it and compares the read model; names the first thing that is wrong, and exits with 1.")
        {
            data,
            postgres,
            digest,
        };
        command.SetAction((parsed, cancellationToken) => CommandLine.GuardFilesAsync(async () =>
        {
            using var progress = new ConsoleProgress("verify", TimeProvider.System);
            var expected = parsed.GetValue(digest) is { } file ? HeadDigest.Read(file.FullName) : null;
            var log = parsed.GetValue(data) is { } directory
                ? await LogVerification.VerifyEmbeddedAsync(directory.FullName, expected, progress, cancellationToken)
                : await LogVerification.VerifyPostgreSqlAsync(
                    StoreOptions.Database(parsed, postgres), expected, progress, cancellationToken);
            progress.Dispose();
            Console.WriteLine($"verified to position {log.Head.Position}, digest {Convert.ToHexStringLower(log.Head.Digest)}");
            Console.WriteLine(log.ReadModel is { } position
                ? $"the read model, at position {position}, is what the log says: {log.Entities} entities, deleted ones too"
                : "there is no read model to compare: a server builds it when it starts");
            if (expected is not null)
            {
                Console.WriteLine($"the log up to position {expected.Head.Position} is the one whose digest was exported");
                Console.Write(expected.Epoch == log.Epoch ? string.Empty : $"its epoch was {expected.Epoch} then, and is {log.Epoch} now: it was restored or imported since\n");
            }

            return 0;
        }));
        return command;
    }
}
