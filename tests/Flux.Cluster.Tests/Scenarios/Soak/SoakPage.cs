using System.Globalization;
using System.Text;

namespace Flux.Cluster.Tests.Scenarios.Soak;

/// <summary>Writes what a soak found: a section of docs/soak.md, and a drawing beside it.</summary>
internal static class SoakPage
{
    private const int Width = 720;
    private const int Strip = 74;

    /// <summary>Writes the section of a store, in place of the one before.</summary>
    /// <returns>The table, for the run's output.</returns>
    public static async Task<string> WriteAsync(string store, string about, IReadOnlyList<SoakSample> samples, CancellationToken cancellationToken)
    {
        var directory = Path.Combine(FindRoot(), "docs");
        var drawing = $"soak-{store.Split(',')[0].ToLowerInvariant()}.svg";
        var table = new StringBuilder()
            .AppendLine("| Figure | first | median of the last two thirds | last | growth in these | | |")
            .AppendLine("| --- | --- | --- | --- | --- | --- | --- |")
            .AppendJoin('\n', SoakFigure.All.Select(figure => figure.Row(samples)))
            .ToString();
        var (begin, end) = ($"<!-- soak: {store} -->", $"<!-- end: {store} -->");
        var path = Path.Combine(directory, "soak.md");
        var former = File.Exists(path) ? await File.ReadAllTextAsync(path, cancellationToken) : string.Empty;
        var page = former.IndexOf("<!-- soak:", StringComparison.Ordinal) is >= 0 and var at ? $"{Head}\n\n{former[at..]}" : Head;
        if (!page.Contains(begin, StringComparison.Ordinal))
        {
            page = $"{page.TrimEnd()}\n\n{begin}\n{end}\n";
        }

        var section = $"\n## {store}\n\n{about}\n\n{table}\n\n![Figures over time]({drawing})\n";
        page = page[..(page.IndexOf(begin, StringComparison.Ordinal) + begin.Length)] + section + page[page.IndexOf(end, StringComparison.Ordinal)..];
        await File.WriteAllTextAsync(path, page, cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(directory, drawing), Draw(samples), cancellationToken);
        return table;
    }

    private const string Head = """
        # Soak

        Half of what eight writers get done when each waits for its answer and nothing else, for a long time, with subscribers of all kinds that are cut and go on, and with the
        recorder and the history checker over all of it, on the same machine (the benchmarks' generators get far more out of a server). One request in fifty carries up to 21 events,
        and an event up to 2 KB, so the times of acknowledgements below hold those, and the recorder's.

        The figures are seen from outside of the processes. One is flat when the median of all slopes between two samples of the last two thirds makes it grow, in that time, by no more
        than a tenth of its median, or by an allowance: 32 MiB, 10 handles, 8 threads, 2 ms and 10 ms. What is known about the memory is in
        [performance](performance.md#the-soak). This page is written by `FLUX_SOAK=30 dotnet test -c Release tests/Flux.Cluster.Tests --filter FullyQualifiedName~SoakTests`; the number is in
        minutes.
        """;

    private static string Draw(IReadOnlyList<SoakSample> samples)
    {
        var svg = new StringBuilder(string.Create(
            CultureInfo.InvariantCulture,
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Strip * SoakFigure.All.Count}\" font-family=\"sans-serif\" font-size=\"11\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"));
        for (var strip = 0; strip < SoakFigure.All.Count; strip++)
        {
            var figure = SoakFigure.All[strip];
            var most = Math.Max(samples.Max(figure.Of), 1e-9);
            var points = samples.Select(sample => string.Create(
                CultureInfo.InvariantCulture,
                $"{8 + (sample.Minute / samples[^1].Minute * (Width - 16)):0.#},{(strip * Strip) + 70 - (figure.Of(sample) / most * 50):0.#}"));
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"8\" y=\"{(strip * Strip) + 14}\" fill=\"#333\">{figure.Name}: up to {most:0.#} {figure.Unit}</text>\n")
                .Append(CultureInfo.InvariantCulture, $"<line x1=\"8\" y1=\"{(strip * Strip) + 70}\" x2=\"{Width - 8}\" y2=\"{(strip * Strip) + 70}\" stroke=\"#ccc\"/>\n")
                .Append(CultureInfo.InvariantCulture, $"<polyline fill=\"none\" stroke=\"#06c\" points=\"{string.Join(' ', points)}\"/>\n");
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Flux.Orleans.sln")))
        {
            directory = directory.Parent ?? throw new FileNotFoundException("the tests do not run inside of the repository");
        }

        return directory.FullName;
    }
}
