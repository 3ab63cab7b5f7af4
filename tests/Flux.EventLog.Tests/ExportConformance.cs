using System.Diagnostics;
using System.Text;
using Flux.EventLog.Export;

namespace Flux.EventLog.Tests;

/// <summary>A log goes out as lines and comes back the same. A store's tests derive from it and say how to fill, export and import.</summary>
public abstract class ExportConformance : IAsyncLifetime
{
    private static readonly bool IsLongRun = Environment.GetEnvironmentVariable("FLUX_LONG") == "1";

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected TempDirectory Home { get; } = new();

    /// <summary>Fills a store and closes it.</summary>
    protected abstract Task FillAsync();

    protected abstract Task<HeadDigest> ExportAsync(string store, ExportScope scope, string path);

    /// <summary>Imports into an empty store.</summary>
    protected abstract Task<HeadDigest> ImportAsync(Stream export, string store, ImportOptions options);

    /// <summary>Says whether nothing was kept of an import.</summary>
    protected abstract Task<bool> IsEmptyAsync(string store);

    /// <summary>Opens the store as a server does, adds an event to it, and closes it: its read model is complete then.</summary>
    protected abstract Task GoOnAsync(string store);

    protected abstract Task<VerifiedLog> VerifyAsync(string store);

    /// <summary>Names an empty store.</summary>
    protected abstract Task<string> NewStoreAsync();

    /// <summary>Gets the store that was filled.</summary>
    protected abstract string Filled { get; }

    public async ValueTask InitializeAsync() => await FillAsync();

    public virtual ValueTask DisposeAsync()
    {
        Home.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_whole_log_comes_back_with_its_positions_and_hashes_and_is_exported_the_same()
    {
        var exported = await ExportAsync(Filled, new ExportScope.WholeLog(), Home["a"]);
        var copy = await NewStoreAsync();

        var imported = await ImportFileAsync(Home["a"], copy, new ImportOptions(NewEpoch: false, Renumber: false));

        Assert.Equal((exported.Epoch, exported.Head.Position, exported.Head.RecordedAt), (imported.Epoch, imported.Head.Position, imported.Head.RecordedAt));
        Assert.Equal(exported.Head.Digest, imported.Head.Digest);
        await ExportAsync(copy, new ExportScope.WholeLog(), Home["b"]);
        Assert.Equal(await File.ReadAllBytesAsync(Home["a"], Token), await File.ReadAllBytesAsync(Home["b"], Token));
        Assert.Equal(WholeWorld.Events, (await VerifyAsync(copy)).Head.Position.Value);
        await GoOnAsync(copy);
        Assert.Equal((WholeWorld.Events + 1, 9), ((await VerifyAsync(copy)) is var log ? log.ReadModel?.Value : null, log.Entities));
    }

    [Fact]
    public async Task A_copy_of_a_log_that_goes_on_becomes_another_one()
    {
        var exported = await ExportAsync(Filled, new ExportScope.WholeLog(), Home["a"]);

        var imported = await ImportFileAsync(Home["a"], await NewStoreAsync(), new ImportOptions(NewEpoch: true, Renumber: false));

        Assert.NotEqual(exported.Epoch, imported.Epoch);
        Assert.Equal(exported.Head.Digest, imported.Head.Digest);
    }

    [Theory]
    [InlineData("home")]
    [InlineData("plant")]
    [InlineData("")]
    [InlineData("nobody")]
    public async Task A_namespace_comes_back_with_its_positions_and_hashes(string ns)
    {
        await ExportAsync(Filled, new ExportScope.OfNamespace(ns, WithProof: false), Home["a"]);
        var copy = await NewStoreAsync();

        await ImportFileAsync(Home["a"], copy, new ImportOptions(NewEpoch: false, Renumber: false));

        await ExportAsync(copy, new ExportScope.OfNamespace(ns, WithProof: false), Home["b"]);
        var (before, after) = (ReadEvents(Home["a"]), ReadEvents(Home["b"]));
        Assert.Equal(ns == "nobody", before.Count == 0);
        Assert.Equal(before, after.Where(line => !line.Contains($"\"stream\":\"{NamespaceCommits.GapStream}\"", StringComparison.Ordinal)));
        Assert.True(ns.Length == 0 || before.Count == after.Count, "there are more events in the namespace than before");
        await VerifyAsync(copy);
        await GoOnAsync(copy);
        await VerifyAsync(copy);
    }

    [Fact]
    public async Task A_namespace_comes_back_with_new_positions_when_that_is_asked_for_and_nothing_names_a_position()
    {
        // Nothing in it has a cause.
        await ExportAsync(Filled, new ExportScope.OfNamespace("$flux", WithProof: false), Home["a"]);
        var events = ReadEvents(Home["a"]);
        var hasCause = events.Exists(line => line.Contains("\"cause\":", StringComparison.Ordinal));
        var copy = await NewStoreAsync();
        var import = () => ImportFileAsync(Home["a"], copy, new ImportOptions(NewEpoch: false, Renumber: true));

        if (hasCause)
        {
            Assert.Contains("cause", (await Assert.ThrowsAsync<InvalidDataException>(import)).Message, StringComparison.Ordinal);
            return;
        }

        Assert.Equal(events.Count, (await import()).Head.Position.Value);
        await VerifyAsync(copy);
    }

    [Fact]
    public async Task One_changed_removed_or_swapped_line_is_named_and_nothing_of_the_file_is_kept()
    {
        await ExportAsync(Filled, new ExportScope.WholeLog(), Home["a"]);
        var lines = await File.ReadAllLinesAsync(Home["a"], Encoding.UTF8, Token);
        var store = await NewStoreAsync();
        for (var i = 0; i < (IsLongRun ? 300 : 24); i++)
        {
            var random = new Random(i);
            var (at, other) = (random.Next(lines.Length), random.Next(lines.Length - 1));
            List<string> changed = [.. lines];
            switch (i % 4)
            {
                case 0:
                    var place = random.Next(lines[at].Length);
                    changed[at] = lines[at][..place] + (lines[at][place] == '1' ? '2' : '1') + lines[at][(place + 1)..];
                    break;
                case 1:
                    changed.RemoveAt(at = other); // never the last one: then the file would only not be whole
                    break;
                case 2:
                    (at, other) = (Math.Min(other, lines.Length - 2), Math.Min(other, lines.Length - 2) + 1);
                    (changed[at], changed[other]) = (changed[other], changed[at]);
                    break;
                default:
                    changed.RemoveRange(at, lines.Length - at);
                    break;
            }

            await File.WriteAllTextAsync(Home["b"], string.Concat(changed.Select(line => line + "\n")), Token);
            var e = await Assert.ThrowsAsync<InvalidDataException>(
                () => ImportFileAsync(Home["b"], store, new ImportOptions(NewEpoch: false, Renumber: false)));
            Assert.StartsWith($"line {at + 1}: ", e.Message, StringComparison.Ordinal);
            Assert.True(await IsEmptyAsync(store), $"something was kept of a file whose line {at + 1} is wrong");
        }
    }

    [Fact]
    public async Task A_file_whose_checks_were_made_to_fit_is_still_refused_for_its_hashes()
    {
        await ExportAsync(Filled, new ExportScope.WholeLog(), Home["a"]);
        var text = await File.ReadAllTextAsync(Home["a"], Token);
        foreach (var (from, to) in ((string, string)[])
            [("\\\"n\\\":", "\\\"m\\\":"), ("\"source\":\"test\"", "\"source\":\"tess\""), ("\"version\":2,", "\"version\":3,"), ("\"cause\":", "\"cause\":1"),
             ("\"count\":", "\"count\":1"), ("\"position\":5,", "\"position\":6,"), ("\"type\":\"event\"", "\"type\":\"hidden\"")])
        {
            await File.WriteAllBytesAsync(Home["b"], WithChecks(ReplaceFirst(text, from, to)), Token);
            var copy = await NewStoreAsync();

            var e = await Assert.ThrowsAsync<InvalidDataException>(
                () => ImportFileAsync(Home["b"], copy, new ImportOptions(NewEpoch: false, Renumber: false)));

            Assert.StartsWith("line ", e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_export_is_verified_by_a_program_that_knows_nothing_of_flux()
    {
        var head = await ExportAsync(Filled, new ExportScope.HeadOnly(), Home["head"]);
        Assert.Equal((head.Epoch, head.Head.Position), HeadDigest.Read(Home["head"]) is var read ? (read.Epoch, read.Head.Position) : default);
        var scopes = new (ExportScope Scope, string Says)[]
        {
            (new ExportScope.WholeLog(), "the whole log: 700 events of 9 entities"),
            (new ExportScope.OfNamespace("home", WithProof: false), "namespace \"home\": "),
            (new ExportScope.OfNamespace("home", WithProof: true), "they stand where they stood when the log's head was 700"),
            (new ExportScope.OfNamespace("", WithProof: true), "namespace \"\": "),
            (new ExportScope.OfNamespace("nobody", WithProof: false), "namespace \"nobody\": 0 events of 0 entities"),
        };
        for (var i = 0; i < scopes.Length; i++)
        {
            var path = Home[$"export-{i}"];
            await ExportAsync(Filled, scopes[i].Scope, path);
            var (code, output) = await RunScriptAsync(path, "--digest", Home["head"]);
            Assert.True(code == 0, output);
            Assert.Contains(scopes[i].Says, output, StringComparison.Ordinal);

            var text = await File.ReadAllTextAsync(path, Token);
            foreach (var bad in Bad(text))
            {
                await File.WriteAllBytesAsync(Home["bad"], bad, Token);
                (code, output) = await RunScriptAsync(Home["bad"]);
                Assert.True(code == 1 && output.StartsWith("verify_export: line ", StringComparison.Ordinal), $"{scopes[i].Scope}: {output}");
            }
        }

        static IEnumerable<byte[]> Bad(string text)
        {
            yield return Encoding.UTF8.GetBytes(ReplaceFirst(text, "\"format\":1", "\"format\":2"));
            yield return Encoding.UTF8.GetBytes(text[..(text.TrimEnd().LastIndexOf('\n') + 1)]);
            yield return Encoding.UTF8.GetBytes(text[..(text.Length / 2)]);
            if (text.Contains("\"version\":2,", StringComparison.Ordinal))
            {
                yield return WithChecks(ReplaceFirst(text, "\"version\":2,", "\"version\":3,"));
                yield return WithChecks(ReplaceFirst(text, "\\\"n\\\":", "\\\"m\\\":"));
            }

            if (text.Contains("\"type\":\"commit\"", StringComparison.Ordinal))
            {
                yield return WithChecks(ReplaceFirst(text, "\"recorded_at\":1", "\"recorded_at\":2"));
            }
        }
    }

    [Fact]
    public async Task A_head_that_was_trusted_earlier_is_met_by_an_export_with_commits_and_no_other_is()
    {
        await ExportAsync(Filled, new ExportScope.HeadOnly(), Home["head"]);
        await GoOnAsync(Filled);
        await ExportAsync(Filled, new ExportScope.OfNamespace("home", WithProof: true), Home["a"]);
        await ExportAsync(Filled, new ExportScope.HeadOnly(), Home["later"]);
        var (code, output) = await RunScriptAsync(Home["a"], "--digest", Home["head"]);
        Assert.True(code == 0, output);

        var text = await File.ReadAllTextAsync(Home["head"], Token);
        var other = new string('0', 64);
        await File.WriteAllBytesAsync(Home["other"], WithChecks(System.Text.RegularExpressions.Regex.Replace(text, "\"digest\":\"[0-9a-f]{64}\"", $"\"digest\":\"{other}\"")), Token);
        (code, output) = await RunScriptAsync(Home["a"], "--digest", Home["other"]);

        Assert.True(code == 1 && output.Contains("the one you trust", StringComparison.Ordinal), output);
    }

    [Fact]
    public async Task A_file_that_is_there_is_not_written_over_and_an_export_that_stops_leaves_none()
    {
        await File.WriteAllTextAsync(Home["mine"], "mine", Token);
        await Assert.ThrowsAsync<IOException>(() => ExportAsync(Filled, new ExportScope.WholeLog(), Home["mine"]));
        Assert.Equal("mine", await File.ReadAllTextAsync(Home["mine"], Token));

        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ExportAsync(Filled, Home["stopped"], new StoppingProgress(stop), stop.Token));

        Assert.Empty(Directory.GetFiles(Home.Path, "stopped*"));
    }

    protected abstract Task ExportAsync(string store, string path, IProgress<LogProgress> progress, CancellationToken cancellationToken);

    private async Task<HeadDigest> ImportFileAsync(string path, string store, ImportOptions options)
    {
        await using var file = File.OpenRead(path);
        return await ImportAsync(file, store, options);
    }

    private static List<string> ReadEvents(string path) =>
        [.. File.ReadLines(path).Where(line => line.StartsWith("{\"type\":\"event\"", StringComparison.Ordinal)).Select(line => line[..line.LastIndexOf(",\"check\":", StringComparison.Ordinal)])];

    private static string ReplaceFirst(string text, string from, string to)
    {
        var at = text.IndexOf(from, StringComparison.Ordinal);
        Assert.True(at >= 0, $"there is no {from}");
        return text[..at] + to + text[(at + from.Length)..];
    }

    /// <summary>Gives every line the check that it should have, as somebody would who has changed one.</summary>
    private static byte[] WithChecks(string text)
    {
        var output = new MemoryStream();
        var digest = new byte[32];
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var body = line[..line.LastIndexOf(",\"check\":", StringComparison.Ordinal)];
            if (body.StartsWith("{\"type\":\"end\"", StringComparison.Ordinal))
            {
                body = $"{body[..body.IndexOf(",\"digest\":", StringComparison.Ordinal)]},\"digest\":\"{Convert.ToHexStringLower(digest)}\"";
            }

            var bytes = Encoding.UTF8.GetBytes(body);
            digest = LineCheck.Next(digest, bytes);
            output.Write(bytes);
            output.Write(LineCheck.Of(digest));
        }

        return output.ToArray();
    }

    private static async Task<(int Code, string Output)> RunScriptAsync(params string[] arguments)
    {
        var directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "Flux.Orleans.sln")))
        {
            directory = Path.GetDirectoryName(directory) ?? throw new InvalidOperationException("Flux.Orleans.sln is in no folder above the tests");
        }

        var info = new ProcessStartInfo("python3", [Path.Combine(directory, "deploy", "samples", "verify_export.py"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(info)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(Token), process.StandardError.ReadToEndAsync(Token));
        await process.WaitForExitAsync(Token);
        return (process.ExitCode, await output + await errors);
    }

    private sealed class StoppingProgress(CancellationTokenSource stop) : IProgress<LogProgress>
    {
        public void Report(LogProgress value) => stop.Cancel();
    }
}
