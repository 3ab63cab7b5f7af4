using k8s.Models;

namespace Flux.Deploy.Tests.Kubernetes;

/// <summary>The Pod Security Standard "restricted", with all of "baseline" in it, rule by rule.</summary>
internal static class PodSecurity
{
    /// <summary>Lists the rules that a pod breaks.</summary>
    public static IEnumerable<string> Violations(V1PodSpec pod)
    {
        if (pod.HostNetwork is true || pod.HostPID is true || pod.HostIPC is true)
        {
            yield return "shares a namespace of the node";
        }

        if (pod.SecurityContext?.Sysctls is { Count: > 0 })
        {
            yield return "sets sysctls";
        }

        foreach (var volume in pod.Volumes ?? [])
        {
            if (volume.ConfigMap is null && volume.Csi is null && volume.DownwardAPI is null && volume.EmptyDir is null && volume.Ephemeral is null
                && volume.PersistentVolumeClaim is null && volume.Projected is null && volume.Secret is null)
            {
                yield return $"volume {volume.Name} is of a kind that is not allowed";
            }
        }

        foreach (var container in pod.Containers.Concat(pod.InitContainers ?? []))
        {
            foreach (var violation in OfContainer(pod.SecurityContext ?? new(), container.SecurityContext ?? new(), container))
            {
                yield return $"container {container.Name} {violation}";
            }
        }
    }

    private static IEnumerable<string> OfContainer(V1PodSecurityContext pod, V1SecurityContext own, V1Container container)
    {
        if (own.Privileged is true)
        {
            yield return "is privileged";
        }

        if (own.AllowPrivilegeEscalation is not false)
        {
            yield return "may gain privileges";
        }

        if (own.Capabilities?.Drop?.Contains("ALL") is not true || own.Capabilities.Add?.Any(added => added != "NET_BIND_SERVICE") is true)
        {
            yield return "has capabilities";
        }

        if ((own.RunAsNonRoot ?? pod.RunAsNonRoot) is not true || (own.RunAsUser ?? pod.RunAsUser) is 0)
        {
            yield return "may run as root";
        }

        if ((own.SeccompProfile ?? pod.SeccompProfile)?.Type is not ("RuntimeDefault" or "Localhost"))
        {
            yield return "has no seccomp profile";
        }

        if ((own.AppArmorProfile ?? pod.AppArmorProfile)?.Type is not (null or "RuntimeDefault" or "Localhost"))
        {
            yield return "goes without AppArmor";
        }

        if (own.ProcMount is not (null or "Default"))
        {
            yield return "unmasks /proc";
        }

        if ((own.SeLinuxOptions ?? pod.SeLinuxOptions) is { } selinux && (selinux.User ?? selinux.Role) is not null)
        {
            yield return "sets an SELinux user or role";
        }

        if (container.Ports?.Any(port => port.HostPort is not (null or 0)) is true)
        {
            yield return "takes a port of the node";
        }
    }
}
