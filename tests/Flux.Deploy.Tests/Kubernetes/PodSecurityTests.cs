using k8s.Models;

namespace Flux.Deploy.Tests.Kubernetes;

/// <summary>The check of the security rules has to find what breaks them before it judges a manifest.</summary>
public sealed class PodSecurityTests
{
    [Fact]
    public void A_pod_without_any_settings_breaks_four_rules() =>
        Assert.Equal(
            [
                "container flux may gain privileges",
                "container flux has capabilities",
                "container flux may run as root",
                "container flux has no seccomp profile",
            ],
            PodSecurity.Violations(new V1PodSpec { Containers = [new V1Container { Name = "flux" }] }));

    [Fact]
    public void A_path_of_the_node_is_not_allowed()
    {
        var pod = Restricted();
        pod.Volumes = [new V1Volume { Name = "node", HostPath = new V1HostPathVolumeSource { Path = "/" } }];

        Assert.Equal(["volume node is of a kind that is not allowed"], PodSecurity.Violations(pod));
    }

    [Fact]
    public void What_the_container_sets_overrides_the_pod()
    {
        var pod = Restricted();
        pod.Containers[0].SecurityContext.RunAsNonRoot = false;

        Assert.Equal(["container flux may run as root"], PodSecurity.Violations(pod));
    }

    [Fact]
    public void A_restricted_pod_breaks_none() => Assert.Empty(PodSecurity.Violations(Restricted()));

    private static V1PodSpec Restricted() => new()
    {
        SecurityContext = new() { RunAsNonRoot = true, SeccompProfile = new() { Type = "RuntimeDefault" } },
        Containers =
        [
            new V1Container
            {
                Name = "flux",
                SecurityContext = new() { AllowPrivilegeEscalation = false, Capabilities = new() { Drop = ["ALL"] } },
            },
        ],
    };
}
