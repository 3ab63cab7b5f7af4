using System.Text.Json.Nodes;
using Flux.Deploy.Tests.Kubernetes;
using k8s.Models;

namespace Flux.Deploy.Tests.Helm;

/// <summary>deploy/helm/flux as helm renders it.</summary>
public sealed class RenderedChartTests : ManifestConformance
{
    private static readonly string[] OfHelm = ["app.kubernetes.io/version", "app.kubernetes.io/managed-by", "helm.sh/chart"];
    private static readonly Lazy<ManifestSet> All = new(() => HelmCommand.Render("ingress.enabled=true", "serviceMonitor.enabled=true"));

    protected override ManifestSet Manifests => All.Value;

    [Fact]
    public void The_plain_manifests_are_the_chart_with_its_defaults()
    {
        var plain = PlainManifestTests.All.Documents.Where(document => (string?)document["kind"] != "Namespace").ToDictionary(Name, Text);

        Assert.Equal(plain, All.Value.Documents.ToDictionary(Name, Text));

        static string Name(JsonObject document) => $"{document["kind"]} {document["metadata"]!["name"]}";
    }

    [Fact]
    public void A_connection_string_becomes_a_secret_that_the_silos_read()
    {
        var rendered = HelmCommand.Render("postgres.connectionString=Host=db");

        var secret = rendered.The<V1Secret>();
        var variable = Assert.Single(rendered.The<V1Deployment>().Spec.Template.Spec.Containers[0].Env, variable => variable.Name == "FLUX_POSTGRES");
        Assert.Equal(secret.Metadata.Name, variable.ValueFrom.SecretKeyRef.Name);
        Assert.Equal("Host=db", secret.StringData[variable.ValueFrom.SecretKeyRef.Key]);
    }

    [Fact]
    public void With_authentication_the_secret_of_the_admin_token_has_to_be_there()
    {
        var variables = HelmCommand.Render("auth.enabled=true", "auth.existingSecret=mine").The<V1Deployment>().Spec.Template.Spec.Containers[0].Env;

        Assert.Contains(variables, variable => variable is { Name: "FLUX_AUTH_ENABLED", Value: "true" });
        var token = Assert.Single(variables, variable => variable.Name == "FLUX_ADMIN_TOKEN").ValueFrom.SecretKeyRef;
        Assert.Equal(("mine", "token", false), (token.Name, token.Key, token.Optional));
    }

    [Fact]
    public void Another_connection_string_makes_other_pods() =>
        Assert.NotEqual(PodAnnotations("postgres.connectionString=Host=a"), PodAnnotations("postgres.connectionString=Host=b"));

    [Fact]
    public void Without_autoscaling_the_number_of_silos_is_the_operators()
    {
        var rendered = HelmCommand.Render("autoscaling.enabled=false", "replicas=5");

        Assert.Empty(rendered.All<V2HorizontalPodAutoscaler>());
        Assert.Equal(5, rendered.The<V1Deployment>().Spec.Replicas);
    }

    [Fact]
    public void Without_an_adapter_for_metrics_the_autoscaler_looks_at_CPU_only() =>
        Assert.Equal("Resource", Assert.Single(HelmCommand.Render("autoscaling.socketsPerPod=0").The<V2HorizontalPodAutoscaler>().Spec.Metrics).Type);

    [Fact]
    public void A_longer_drain_has_a_longer_grace_period() =>
        Assert.Equal(
            105, HelmCommand.Render("shutdownSeconds=90").The<V1Deployment>().Spec.Template.Spec.TerminationGracePeriodSeconds);

    [Fact]
    public void Traces_go_out_through_the_network_policy()
    {
        var rendered = HelmCommand.Render("tracing.otlpEndpoint=http://collector:4318", "tracing.otlpPort=4318");

        Assert.Contains(rendered.The<V1NetworkPolicy>().Spec.Egress, rule => rule.Ports.Any(port => port.Port.Value == "4318"));
        Assert.Contains(
            rendered.The<V1Deployment>().Spec.Template.Spec.Containers[0].Env,
            variable => variable is { Name: "OTEL_EXPORTER_OTLP_ENDPOINT", Value: "http://collector:4318" });
    }

    [Fact]
    public void A_value_that_the_chart_does_not_have_is_refused() =>
        Assert.Contains("replica", HelmCommand.Refuse("replica=3"), StringComparison.Ordinal);

    private static IDictionary<string, string> PodAnnotations(string setting) =>
        HelmCommand.Render(setting).The<V1Deployment>().Spec.Template.Metadata.Annotations;

    private static string Text(JsonObject document)
    {
        var copy = Sorted(document)!.AsObject();
        var labels = copy["metadata"]!["labels"]!.AsObject();
        foreach (var label in OfHelm)
        {
            labels.Remove(label);
        }

        return copy.ToJsonString();
    }

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.OrderBy(member => member.Key, StringComparer.Ordinal)
            .Select(member => KeyValuePair.Create(member.Key, Sorted(member.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Sorted)]),
        _ => node?.DeepClone(),
    };
}
