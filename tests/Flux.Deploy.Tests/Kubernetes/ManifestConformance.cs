using System.Globalization;
using k8s.Models;

namespace Flux.Deploy.Tests.Kubernetes;

/// <summary>What every installation on Kubernetes has to be, by whatever its manifests are made.</summary>
public abstract class ManifestConformance
{
    private const int Http = 3000;
    private const int Silo = 11111;
    private const int Management = 9464;

    protected abstract ManifestSet Manifests { get; }

    private V1Deployment Deployment => Manifests.The<V1Deployment>();

    private V1PodSpec Pod => Deployment.Spec.Template.Spec;

    private V1Container Container => Assert.Single(Pod.Containers);

    private V1Service PublicService => Assert.Single(Manifests.All<V1Service>(), service => service.Spec.ClusterIP != "None");

    private V1Service ManagementService => Assert.Single(Manifests.All<V1Service>(), service => service.Spec.ClusterIP == "None");

    [Fact]
    public void Each_object_has_only_what_Kubernetes_knows()
    {
        Assert.NotEmpty(Manifests.Objects); // The set was read strictly.
        Assert.All(Manifests.Documents, document => Assert.NotNull(document["metadata"]!["name"]));
    }

    [Fact]
    public void Pods_satisfy_the_restricted_security_standard() => Assert.Empty(PodSecurity.Violations(Pod));

    [Fact]
    public void Pods_run_as_the_user_of_the_image() => Assert.Equal(1654, Pod.SecurityContext.RunAsUser);

    [Fact]
    public void The_root_file_system_is_read_only_and_only_tmp_can_be_written()
    {
        Assert.True(Container.SecurityContext.ReadOnlyRootFilesystem);
        var mount = Assert.Single(Container.VolumeMounts);
        Assert.Equal("/tmp", mount.MountPath);
        Assert.NotNull(Assert.Single(Pod.Volumes, volume => volume.Name == mount.Name).EmptyDir);
    }

    [Fact]
    public void Probes_ask_the_management_port_for_the_health_paths()
    {
        AssertAsks("/health/ready", Container.StartupProbe);
        AssertAsks("/health/ready", Container.ReadinessProbe);
        AssertAsks("/health/live", Container.LivenessProbe);

        void AssertAsks(string path, V1Probe probe)
        {
            Assert.Equal(path, probe.HttpGet.Path);
            Assert.Equal(Management, Assert.Single(Container.Ports, port => port.Name == probe.HttpGet.Port.Value).ContainerPort);
        }
    }

    [Fact]
    public void A_start_may_take_minutes_and_a_restart_comes_long_after_the_traffic_has_stopped()
    {
        Assert.True(Patience(Container.StartupProbe) >= TimeSpan.FromMinutes(5));
        Assert.True(Patience(Container.LivenessProbe) >= 3 * Patience(Container.ReadinessProbe));

        static TimeSpan Patience(V1Probe probe) => TimeSpan.FromSeconds((probe.PeriodSeconds * probe.FailureThreshold)!.Value);
    }

    [Fact]
    public void The_grace_period_has_room_for_the_wait_before_the_drain_and_for_the_drain()
    {
        var wait = Container.Lifecycle.PreStop.Sleep.Seconds;
        var drain = int.Parse(Env("FLUX_SHUTDOWN_SECONDS").Value, CultureInfo.InvariantCulture);

        Assert.InRange(wait, 1, 30);
        Assert.True(Pod.TerminationGracePeriodSeconds >= wait + drain + 5, "the kubelet would kill a silo that still finishes what it has accepted");
    }

    [Fact]
    public void An_update_never_has_fewer_silos_than_before()
    {
        Assert.Equal("0", Deployment.Spec.Strategy.RollingUpdate.MaxUnavailable.Value);
        Assert.NotEqual("0", Deployment.Spec.Strategy.RollingUpdate.MaxSurge.Value);
    }

    [Fact]
    public void Nodes_are_drained_one_silo_at_a_time()
    {
        var budget = Manifests.The<V1PodDisruptionBudget>();

        Assert.Equal("1", budget.Spec.MaxUnavailable.Value);
        AssertSelectsPods(budget.Spec.Selector.MatchLabels);
    }

    [Fact]
    public void Silos_are_spread_over_zones_and_nodes()
    {
        Assert.Equal(
            ["topology.kubernetes.io/zone", "kubernetes.io/hostname"], Pod.TopologySpreadConstraints.Select(constraint => constraint.TopologyKey));
        Assert.All(Pod.TopologySpreadConstraints, constraint =>
        {
            Assert.Equal(1, constraint.MaxSkew);
            AssertSelectsPods(constraint.LabelSelector.MatchLabels);
        });
    }

    [Fact]
    public void The_public_service_offers_HTTP_and_nothing_else()
    {
        AssertSelectsPods(PublicService.Spec.Selector);
        Assert.Equal(Http, ContainerPort(Assert.Single(PublicService.Spec.Ports)));
        Assert.True(PublicService.Spec.SessionAffinity is null or "None");
    }

    [Fact]
    public void Metrics_have_a_service_of_their_own_that_shows_each_silo()
    {
        AssertSelectsPods(ManagementService.Spec.Selector);
        Assert.Equal(Management, ContainerPort(Assert.Single(ManagementService.Spec.Ports)));
        Assert.True(ManagementService.Spec.PublishNotReadyAddresses);
    }

    [Fact]
    public void The_network_policy_lets_in_clients_silos_and_monitoring_each_at_its_port()
    {
        var policy = Manifests.The<V1NetworkPolicy>().Spec;
        AssertSelectsPods(policy.PodSelector.MatchLabels);
        Assert.Equal(["Ingress", "Egress"], policy.PolicyTypes);
        Assert.Equal(3, policy.Ingress.Count);

        Assert.Null(Rule(Http).FromProperty);
        AssertSelectsPods(OnlyPeer(Silo).PodSelector.MatchLabels);
        Assert.Null(OnlyPeer(Silo).NamespaceSelector);
        Assert.Equal(["kubernetes.io/metadata.name"], OnlyPeer(Management).NamespaceSelector.MatchLabels.Keys);

        V1NetworkPolicyIngressRule Rule(int port) =>
            Assert.Single(policy.Ingress, rule => Assert.Single(rule.Ports).Port.Value == port.ToString(CultureInfo.InvariantCulture));
        V1NetworkPolicyPeer OnlyPeer(int port) => Assert.Single(Rule(port).FromProperty);
    }

    [Fact]
    public void The_network_policy_lets_out_to_DNS_PostgreSQL_the_Kubernetes_API_and_other_silos_only()
    {
        var egress = Manifests.The<V1NetworkPolicy>().Spec.Egress;

        Assert.Equal(
            ["11111/TCP", "443/TCP", "53/TCP", "53/UDP", "5432/TCP", "6443/TCP"],
            egress.SelectMany(rule => rule.Ports).Select(port => $"{port.Port.Value}/{port.Protocol ?? "TCP"}").Order(StringComparer.Ordinal));
        var toSilos = Assert.Single(egress, rule => rule.Ports.Any(port => port.Port.Value == "11111"));
        AssertSelectsPods(Assert.Single(toSilos.To).PodSelector.MatchLabels);
    }

    [Fact]
    public void The_autoscaler_looks_at_CPU_and_at_sockets()
    {
        var autoscaler = Manifests.The<V2HorizontalPodAutoscaler>().Spec;

        Assert.Equal((Deployment.Kind, Deployment.Metadata.Name), (autoscaler.ScaleTargetRef.Kind, autoscaler.ScaleTargetRef.Name));
        Assert.Equal("cpu", Assert.Single(autoscaler.Metrics, metric => metric.Type == "Resource").Resource.Name);
        Assert.Equal("flux_connections", Assert.Single(autoscaler.Metrics, metric => metric.Type == "Pods").Pods.Metric.Name);
        Assert.True(autoscaler.MinReplicas >= 2, "one silo is no cluster");
        Assert.Null(Deployment.Spec.Replicas); // Else each apply would undo what the autoscaler did.
    }

    [Fact]
    public void The_autoscaler_takes_away_one_silo_at_a_time()
    {
        var down = Manifests.The<V2HorizontalPodAutoscaler>().Spec.Behavior.ScaleDown;

        Assert.True(down.StabilizationWindowSeconds >= 300);
        var policy = Assert.Single(down.Policies);
        Assert.Equal(("Pods", 1), (policy.Type, policy.Value));
        Assert.True(policy.PeriodSeconds >= Pod.TerminationGracePeriodSeconds);
    }

    [Fact]
    public void Silos_may_see_and_end_pods_of_their_namespace_and_nothing_more()
    {
        var rule = Assert.Single(Manifests.The<V1Role>().Rules);
        Assert.Equal([string.Empty], rule.ApiGroups);
        Assert.Equal(["pods"], rule.Resources);
        Assert.Equal(["delete", "get", "list", "patch", "watch"], rule.Verbs.Order(StringComparer.Ordinal));

        var binding = Manifests.The<V1RoleBinding>();
        Assert.Equal(("Role", Manifests.The<V1Role>().Metadata.Name), (binding.RoleRef.Kind, binding.RoleRef.Name));
        var subject = Assert.Single(binding.Subjects);
        Assert.Equal(("ServiceAccount", Pod.ServiceAccountName), (subject.Kind, subject.Name));
        Assert.Equal(Deployment.Metadata.NamespaceProperty, subject.NamespaceProperty);
        Assert.Equal(Pod.ServiceAccountName, Manifests.The<V1ServiceAccount>().Metadata.Name);
        Assert.True(Pod.AutomountServiceAccountToken);
        Assert.Empty(Manifests.All<V1ClusterRole>());
    }

    [Fact]
    public void Orleans_finds_in_the_labels_what_the_silo_has_in_its_environment()
    {
        var labels = Deployment.Spec.Template.Metadata.Labels;

        Assert.Equal(Env("ORLEANS_SERVICE_ID").Value, labels["orleans/serviceId"]);
        Assert.Equal(Env("ORLEANS_CLUSTER_ID").Value, labels["orleans/clusterId"]);
        Assert.Equal("flux", Env("ORLEANS_SERVICE_ID").Value);
        Assert.Equal(Env("FLUX_CLUSTER_ID").Value, Env("ORLEANS_CLUSTER_ID").Value);
        Assert.Equal("metadata.name", Env("POD_NAME").ValueFrom.FieldRef.FieldPath);
        Assert.Equal("metadata.namespace", Env("POD_NAMESPACE").ValueFrom.FieldRef.FieldPath);
        Assert.Equal("status.podIP", Env("POD_IP").ValueFrom.FieldRef.FieldPath);
    }

    [Fact]
    public void The_server_listens_where_the_pod_says()
    {
        Assert.Equal(
            [("http", Http), ("silo", Silo), ("management", Management)], Container.Ports.Select(port => (port.Name, port.ContainerPort)));
        Assert.Equal("3000", Env("PORT").Value);
        Assert.Equal("11111", Env("FLUX_SILO_PORT").Value);
        Assert.Equal("9464", Env("FLUX_MANAGEMENT_PORT").Value);
    }

    [Fact]
    public void Each_setting_is_one_that_the_server_reads_and_stands_there_once()
    {
        Assert.All(Container.Env, variable =>
            Assert.True(Settings.OfFlux.Contains(variable.Name) || Settings.OfKubernetesHosting.Contains(variable.Name), variable.Name));
        Assert.Equal(Container.Env.Count, Container.Env.DistinctBy(variable => variable.Name).Count());
    }

    [Fact]
    public void The_connection_string_comes_from_a_secret()
    {
        Assert.Null(Env("FLUX_POSTGRES").Value);
        Assert.NotEmpty(Env("FLUX_POSTGRES").ValueFrom.SecretKeyRef.Name);
    }

    [Fact]
    public void The_admin_token_comes_from_a_secret_that_may_be_missing_only_while_authentication_is_off()
    {
        Assert.Null(Env("FLUX_ADMIN_TOKEN").Value);
        Assert.NotEmpty(Env("FLUX_ADMIN_TOKEN").ValueFrom.SecretKeyRef.Name);
        Assert.Equal(Env("FLUX_AUTH_ENABLED").Value == "false", Env("FLUX_ADMIN_TOKEN").ValueFrom.SecretKeyRef.Optional);
    }

    [Fact]
    public void Memory_is_limited_and_all_of_it_is_asked_for()
    {
        Assert.Equal(Container.Resources.Limits["memory"].ToString(), Container.Resources.Requests["memory"].ToString());
        Assert.NotNull(Container.Resources.Limits["cpu"]);
        Assert.NotNull(Container.Resources.Requests["cpu"]);
    }

    [Fact]
    public void What_selects_pods_can_stay_when_the_version_or_the_cluster_changes()
    {
        Assert.Equal(["app.kubernetes.io/instance", "app.kubernetes.io/name"], Deployment.Spec.Selector.MatchLabels.Keys.Order(StringComparer.Ordinal));
        AssertSelectsPods(Deployment.Spec.Selector.MatchLabels);
    }

    [Fact]
    public void The_image_has_the_version_of_this_repository() => Assert.EndsWith($":{Repository.Version}", Container.Image, StringComparison.Ordinal);

    [Fact]
    public void The_ingress_leads_to_the_public_service_and_keeps_quiet_sockets()
    {
        var ingress = Manifests.The<V1Ingress>();
        var backend = Assert.Single(Assert.Single(ingress.Spec.Rules).Http.Paths).Backend.Service;
        Assert.Equal(PublicService.Metadata.Name, backend.Name);
        Assert.Equal(Assert.Single(PublicService.Spec.Ports).Name, backend.Port.Name);

        // Flux pings every 20 s; a proxy that waits for less than two pings cuts sockets that live.
        Assert.True(int.Parse(ingress.Metadata.Annotations["nginx.ingress.kubernetes.io/proxy-read-timeout"], CultureInfo.InvariantCulture) >= 60);
        Assert.True(int.Parse(ingress.Metadata.Annotations["nginx.ingress.kubernetes.io/proxy-send-timeout"], CultureInfo.InvariantCulture) >= 60);
        Assert.Equal("10m", ingress.Metadata.Annotations["nginx.ingress.kubernetes.io/proxy-body-size"]); // The longest batch, 10 MiB.
    }

    [Fact]
    public void The_monitor_reads_the_management_service_only()
    {
        var monitor = Assert.Single(Manifests.Foreign, document => (string?)document["kind"] == "ServiceMonitor")["spec"]!;
        var wanted = monitor["selector"]!["matchLabels"]!.AsObject().ToDictionary(label => label.Key, label => (string)label.Value!);

        Assert.Equal(wanted, wanted.Intersect(ManagementService.Metadata.Labels));
        Assert.NotEqual(wanted, wanted.Intersect(PublicService.Metadata.Labels));
        var endpoint = Assert.Single(monitor["endpoints"]!.AsArray())!;
        Assert.Equal(Assert.Single(ManagementService.Spec.Ports).Name, (string?)endpoint["port"]);
        Assert.Equal("/metrics", (string?)endpoint["path"]);

        // The dashboard and the alerts ask for job="flux".
        Assert.Equal("flux", ManagementService.Metadata.Labels[(string)monitor["jobLabel"]!]);
    }

    private V1EnvVar Env(string name) => Assert.Single(Container.Env, variable => variable.Name == name);

    private int ContainerPort(V1ServicePort port) =>
        Assert.Single(Container.Ports, candidate => candidate.Name == port.TargetPort.Value).ContainerPort;

    private void AssertSelectsPods(IDictionary<string, string> selector)
    {
        Assert.NotEmpty(selector);
        Assert.Equal(selector, selector.Intersect(Deployment.Spec.Template.Metadata.Labels).ToDictionary());
    }
}
