using k8s.Models;
using YamlDotNet.Core;

namespace Flux.Deploy.Tests.Kubernetes;

/// <summary>deploy/kubernetes, with the optional files.</summary>
public sealed class PlainManifestTests : ManifestConformance
{
    private const string Folder = "deploy/kubernetes";
    private const string Kustomization = $"{Folder}/kustomization.yaml";

    internal static readonly ManifestSet All = new(Files().Select(Repository.Read));

    protected override ManifestSet Manifests => All;

    [Fact]
    public void A_member_that_Kubernetes_does_not_have_is_found()
    {
        var manifest = Repository.Read($"{Folder}/deployment.yaml").Replace("minReadySeconds", "minReadySecond", StringComparison.Ordinal);

        Assert.Throws<YamlException>(() => new ManifestSet([manifest]));
    }

    [Fact]
    public void A_member_that_stands_twice_is_found() => Assert.Throws<YamlException>(() => new ManifestSet(["kind: Pod\nkind: Pod\n"]));

    [Fact]
    public void The_namespace_enforces_the_restricted_security_standard()
    {
        var space = All.The<V1Namespace>();

        Assert.Equal("restricted", space.Metadata.Labels["pod-security.kubernetes.io/enforce"]);
        Assert.All(
            All.Documents.Where(document => (string?)document["kind"] != "Namespace"),
            document => Assert.Equal(space.Metadata.Name, (string?)document["metadata"]!["namespace"]));
    }

    [Fact]
    public void The_kustomization_names_each_file_and_nothing_else()
    {
        var kustomization = YamlText.ReadOne(Repository.Read(Kustomization));
        var named = kustomization["resources"]!.AsArray().Select(file => $"{Folder}/{file}").Order(StringComparer.Ordinal);

        Assert.Equal(Files().Where(file => !file.Contains("/optional/", StringComparison.Ordinal)), named);
        Assert.All(
            Files().Where(file => file.Contains("/optional/", StringComparison.Ordinal)),
            file => Assert.Contains($"# - optional/{Path.GetFileName(file)}", Repository.Read(Kustomization), StringComparison.Ordinal));
        Assert.Equal(
            ["apiVersion", "images", "kind", "namespace", "resources"], kustomization.Select(member => member.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void No_manifest_holds_a_secret() => Assert.Empty(All.All<V1Secret>());

    private static IEnumerable<string> Files() => Repository.Files(Folder, "*.yaml").Where(file => file != Kustomization);
}
