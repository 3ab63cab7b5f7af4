using System.Text.RegularExpressions;

namespace Flux.Deploy.Tests;

/// <summary>The files of this repository.</summary>
internal static class Repository
{
    private static readonly string Root = FindRoot();

    /// <summary>Gets the version of the server, which the image's tag and the chart repeat.</summary>
    public static string Version { get; } =
        Regex.Match(Read("src/Directory.Build.props"), "<VersionPrefix>(.+)</VersionPrefix>").Groups[1].Value;

    public static string PathOf(string name) => Path.Combine(Root, name);

    public static string Read(string name) => File.ReadAllText(PathOf(name));

    /// <summary>Lists files below a directory, as paths from the root.</summary>
    public static IEnumerable<string> Files(string directory, string pattern = "*") => Directory
        .EnumerateFiles(PathOf(directory), pattern, SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(Root, path))
        .Order(StringComparer.Ordinal);

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
