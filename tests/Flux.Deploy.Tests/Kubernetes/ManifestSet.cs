using System.Text.Json.Nodes;
using k8s;

namespace Flux.Deploy.Tests.Kubernetes;

/// <summary>The objects of one installation: with the types of Kubernetes where those are known, as JSON where they are someone else's.</summary>
public sealed class ManifestSet
{
    // The Prometheus operator's; no package here has its types.
    private const string OfOperator = "monitoring.coreos.com/v1";

    /// <summary>Reads manifests strictly: a kind or a member that Kubernetes does not have, or one that stands twice, throws.</summary>
    public ManifestSet(IEnumerable<string> texts)
    {
        var documents = texts.SelectMany(YamlText.ReadAll).Select(node => node.AsObject()).ToList();
        Foreign = [.. documents.Where(document => (string?)document["apiVersion"] == OfOperator)];
        Documents = documents;

        // YAML is a superset of JSON: the strict reader of the client library gets exactly what was read above.
        Objects = [.. documents.Except(Foreign).SelectMany(
            document => KubernetesYaml.LoadAllFromString(document.ToJsonString(), typeMap: null, strict: true))];
    }

    /// <summary>Gets all documents as they were written.</summary>
    internal IReadOnlyList<JsonObject> Documents { get; }

    internal IReadOnlyList<object> Objects { get; }

    internal IReadOnlyList<JsonObject> Foreign { get; }

    internal T The<T>() => Assert.Single(Objects.OfType<T>());

    internal IEnumerable<T> All<T>() => Objects.OfType<T>();
}
