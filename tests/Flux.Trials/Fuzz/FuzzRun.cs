using System.Collections.Concurrent;

namespace Flux.Trials.Fuzz;

/// <summary>One run: many cases at once against one server, and a judge.</summary>
internal sealed class FuzzRun(FuzzOptions options)
{
    private const int Workers = 8;

    // What was under way when trouble was seen, and a little before.
    private const int Suspects = 200;
    private const int MostShrinks = 300;

    // Each try is a start of the server and all of the cases.
    private const int MostPrelude = 5_000;
    private const int MostPreludes = 20;
    private const int FewCases = 50;
    private const int MostShown = 10;

    private readonly Tally _tally = new();
    private readonly ConcurrentQueue<long> _recent = new();
    private readonly ConcurrentDictionary<string, (long Number, string Failure)> _failures = new(StringComparer.Ordinal);
    private string? _trouble;
    private long _next;

    /// <summary>Runs, and prints what was found.</summary>
    /// <returns>0 when nothing was.</returns>
    public static Task<int> RunAsync(FuzzOptions options, CancellationToken cancellationToken) => new FuzzRun(options).RunAsync(cancellationToken);

    private async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        if (options.Only.Count > 0)
        {
            return await IsReproducedAsync([.. options.Only.SkipLast(1)], options.Only[^1], cancellationToken) ? 1 : 0;
        }

        Console.WriteLine($"fuzz: seed {options.Seed}, {options.Duration.TotalMinutes:0.#} minutes, authentication {(options.IsOwned ? "on" : "off")}");
        await using (var target = await Target.StartAsync(options, cancellationToken))
        {
            await AttackAsync(target, cancellationToken);
            Console.WriteLine($"{_next} cases; {target.Pulse.Beats} beats, the longest took {target.Pulse.Longest.TotalMilliseconds:0} ms; at most {target.Pulse.MostMemory >> 20} MiB");
            _tally.Print(Console.Out);
            _trouble ??= await target.VerifyAsync(options, cancellationToken);
        }

        foreach (var (number, failure) in _failures.Values.OrderBy(found => found.Number))
        {
            Console.WriteLine($"\nFOUND in case {number}: {failure}");
            if (!await IsReproducedAsync([], number, cancellationToken))
            {
                await FindPreludeAsync(number, cancellationToken);
            }
        }

        if (_trouble is not null)
        {
            Console.WriteLine($"\nFOUND: {_trouble}");
            await FindCulpritAsync(cancellationToken);
        }
        else if (_failures.IsEmpty && _tally.WhyTooLittle() is { } why)
        {
            _trouble = why;
            Console.WriteLine($"\nINVALID: {why}");
        }

        Console.WriteLine(_failures.IsEmpty && _trouble is null ? "nothing found" : $"{_failures.Count + (_trouble is null ? 0 : 1)} found");
        return _failures.IsEmpty && _trouble is null ? 0 : 1;
    }

    private async Task AttackAsync(Target target, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ending.CancelAfter(options.Duration);
        var cases = new Cases(options, target.Owner);
        var workers = Enumerable.Range(0, Workers).Select(_ => Task.Run(() => WorkAsync(target, cases, ending.Token), CancellationToken.None)).ToList();
        using var second = new PeriodicTimer(TimeSpan.FromSeconds(1));
        while (!ending.IsCancellationRequested && _trouble is null)
        {
            _trouble = await target.Pulse.BeatAsync();
            await second.WaitForNextTickAsync(CancellationToken.None);
        }

        await ending.CancelAsync();
        await Task.WhenAll(workers);
        _trouble ??= await target.Pulse.BeatAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }

    private async Task WorkAsync(Target target, Cases cases, CancellationToken ending)
    {
        while (!ending.IsCancellationRequested && !target.Server.HasExited)
        {
            var number = Interlocked.Increment(ref _next) - 1;
            _recent.Enqueue(number);
            while (_recent.Count > Suspects)
            {
                _recent.TryDequeue(out _);
            }

            if (await TryAsync(cases.Make(number), target) is { } failure && !target.Server.HasExited)
            {
                // One of a kind is enough: the first words tell the kind.
                _failures.TryAdd(failure[..Math.Min(failure.Length, 60)], (number, failure));
            }
        }
    }

    private async Task<string?> TryAsync(FuzzCase one, Target target)
    {
        try
        {
            return await one.TryAsync(target.Server.Port, _tally);
        }
        catch (System.Net.Sockets.SocketException e)
        {
            return $"no connection: {e.Message}";
        }
    }

    // When the server died, or wrote of trouble, nobody knows at which case: all that were under way are tried again, one by one.
    private async Task FindCulpritAsync(CancellationToken cancellationToken)
    {
        Console.WriteLine($"looking for the case among the last {_recent.Count}");
        await using var target = await Target.StartAsync(options, cancellationToken);
        var cases = new Cases(options, target.Owner);
        foreach (var number in _recent.Order())
        {
            if (await JudgeAsync(cases.Make(number), target) is not null)
            {
                if (!await IsReproducedAsync([], number, cancellationToken))
                {
                    await FindPreludeAsync(number, cancellationToken);
                }

                return;
            }
        }

        Console.WriteLine($"none of them does it alone; the whole run: fuzz --seed {options.Seed} --minutes {options.Duration.TotalMinutes.ToString(CultureInfo.InvariantCulture)}");
    }

    /// <summary>Looks for cases before it that a case needs: all of them first, then as few as will do.</summary>
    private async Task FindPreludeAsync(long number, CancellationToken cancellationToken)
    {
        Console.WriteLine($"looking for the cases before it that case {number} needs");
        long[] needed = [.. Enumerable.Range(0, (int)Math.Min(number, MostPrelude)).Select(back => number - 1 - back).Reverse()];
        if (!await ShowsAsync(needed))
        {
            Console.WriteLine("not even after all of them, one by one: it takes cases that overlap, as in the whole run");
            return;
        }

        for (var (length, left) = (Math.Max(1, needed.Length / 2), MostPreludes); length > 0 && left > 0; length /= 2)
        {
            for (var at = 0; at < needed.Length && left-- > 0;)
            {
                long[] fewer = [.. needed[..at], .. needed[Math.Min(needed.Length, at + length)..]];
                if (await ShowsAsync(fewer))
                {
                    needed = fewer;
                }
                else
                {
                    at += length;
                }
            }
        }

        await IsReproducedAsync(needed, number, cancellationToken);

        async Task<bool> ShowsAsync(long[] before)
        {
            await using var target = await Target.StartAsync(options, cancellationToken);
            var cases = new Cases(options, target.Owner);
            await PrepareAsync(before, cases, target);
            return await JudgeAsync(cases.Make(number), target) is not null;
        }
    }

    /// <summary>Tries a case on a fresh server after others, and makes it smaller as long as it still shows something.</summary>
    private async Task<bool> IsReproducedAsync(long[] before, long number, CancellationToken cancellationToken)
    {
        var target = await Target.StartAsync(options, cancellationToken);
        try
        {
            var cases = new Cases(options, target.Owner);
            await PrepareAsync(before, cases, target);
            var one = cases.Make(number);
            if (await JudgeAsync(one, target) is not { } failure)
            {
                Console.WriteLine($"case {number} alone, on a fresh server, shows nothing:\n    {one}");
                return false;
            }

            for (var left = MostShrinks; left > 0;)
            {
                FuzzCase? smaller = null;
                foreach (var candidate in one.Smaller())
                {
                    if (target.Server.HasExited && before.Length == 0)
                    {
                        await target.DisposeAsync();
                        target = await Target.StartAsync(options, cancellationToken);
                    }

                    if (left-- <= 0 || await JudgeAsync(candidate, target) is not null)
                    {
                        smaller = left < 0 ? null : candidate;
                        break;
                    }
                }

                if (smaller is null)
                {
                    break;
                }

                one = smaller;
            }

            foreach (var earlier in before.TakeLast(MostShown))
            {
                Console.WriteLine($"  after case {earlier}:\n    {cases.Make(earlier)}");
            }

            Console.WriteLine($"case {number}: {failure}\n  made smaller:\n    {one}\n  again: fuzz --seed {options.Seed} --case {string.Join(' ', before.Append(number))}");
            return true;
        }
        finally
        {
            await target.DisposeAsync();
        }
    }

    // One after the other only when they are few: some wait a while for what may still come.
    private Task PrepareAsync(long[] before, Cases cases, Target target) => Parallel.ForEachAsync(
        before,
        new ParallelOptions { MaxDegreeOfParallelism = before.Length > FewCases ? Workers : 1 },
        async (earlier, _) => await TryAsync(cases.Make(earlier), target));

    private async Task<string?> JudgeAsync(FuzzCase one, Target target) => await TryAsync(one, target) ?? await target.Pulse.BeatAsync();
}
