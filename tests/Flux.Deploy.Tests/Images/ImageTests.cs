using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Flux.Deploy.Tests.Images;

/// <summary>The two ways to the image: the project file (dotnet publish /t:PublishContainer) and deploy/Dockerfile.</summary>
public sealed partial class ImageTests
{
    private static readonly XDocument Project = XDocument.Parse(Repository.Read("src/Flux.Server/Flux.Server.csproj"));
    private static readonly string Dockerfile = Repository.Read("deploy/Dockerfile");

    [Fact]
    public void Both_start_from_the_chiseled_image()
    {
        Assert.Equal("mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled", Property("ContainerBaseImage"));
        Assert.Equal(Property("ContainerBaseImage"), From().Matches(Dockerfile)[^1].Groups[1].Value);
    }

    [Fact]
    public void No_image_comes_from_another_registry() => Assert.All(
        From().Matches(Dockerfile), image => Assert.StartsWith("mcr.microsoft.com/dotnet/", image.Groups[1].Value, StringComparison.Ordinal));

    [Fact]
    public void Both_run_as_the_user_1654()
    {
        Assert.Equal("1654", Property("ContainerUser"));
        Assert.Contains("\nUSER 1654\n", Dockerfile, StringComparison.Ordinal);
    }

    [Fact]
    public void Both_announce_the_same_ports()
    {
        Assert.Equal("3000;11111;9464", Item("ContainerPort").Attribute("Include")!.Value);
        Assert.Contains("\nEXPOSE 3000 11111 9464\n", Dockerfile, StringComparison.Ordinal);
    }

    [Fact]
    public void Both_set_the_same_variables() => Assert.Equal(
        Project.Descendants("ContainerEnvironmentVariable").Select(item => $"{item.Attribute("Include")!.Value}={item.Attribute("Value")!.Value}"),
        Environment().Match(Dockerfile).Groups[1].Value.Split(' '));

    [Fact]
    public void Both_start_the_same_program()
    {
        // The working directory of the SDK's images is /app/; a name without the last slash would start /appFlux.Server.dll.
        Assert.Empty(Project.Descendants("ContainerWorkingDirectory"));
        Assert.Contains("\nENTRYPOINT [\"dotnet\", \"/app/Flux.Server.dll\"]\n", Dockerfile, StringComparison.Ordinal);
    }

    [Fact]
    public void The_build_gets_no_file_that_it_does_not_name()
    {
        var lines = Repository.Read("deploy/Dockerfile.dockerignore").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var ignore = lines.Where(line => line[0] != '#').ToList();

        Assert.Equal("*", ignore[0]);
        Assert.Equal(["!.editorconfig", "!global.json", "!src"], ignore.Skip(1).Order(StringComparer.Ordinal));
    }

    private static string Property(string name) => Assert.Single(Project.Descendants(name)).Value;

    private static XElement Item(string name) => Assert.Single(Project.Descendants(name));

    [GeneratedRegex(@"^FROM (?:--\S+ )?(\S+)", RegexOptions.Multiline)]
    private static partial Regex From();

    [GeneratedRegex(@"^ENV (.+)$", RegexOptions.Multiline)]
    private static partial Regex Environment();
}
