using System.Diagnostics;
using Flux.Deploy.Tests.Kubernetes;

namespace Flux.Deploy.Tests.Helm;

/// <summary>Renders the chart with the real helm, where one is on PATH.</summary>
internal static class HelmCommand
{
    private static readonly bool IsThere = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
        .Split(Path.PathSeparator)
        .Any(directory => File.Exists(Path.Combine(directory, OperatingSystem.IsWindows() ? "helm.exe" : "helm")));

    /// <summary>Renders the chart as release flux in the namespace flux.</summary>
    public static ManifestSet Render(params string[] settings)
    {
        var (code, output, errors) = Run(settings);
        Assert.True(code == 0, errors);
        return new([output]);
    }

    /// <summary>Renders the chart where that must fail.</summary>
    /// <returns>What helm says.</returns>
    public static string Refuse(params string[] settings)
    {
        var (code, _, errors) = Run(settings);
        Assert.NotEqual(0, code);
        return errors;
    }

    private static (int Code, string Output, string Errors) Run(IEnumerable<string> settings)
    {
        Assert.SkipUnless(IsThere, "helm is not on PATH, so the chart cannot be rendered");
        var arguments = new[] { "template", "flux", Repository.PathOf("deploy/helm/flux"), "--namespace", "flux" };
        using var helm = Process.Start(new ProcessStartInfo("helm", [.. arguments, .. settings.SelectMany(setting => new[] { "--set", setting })])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = helm.StandardError.ReadToEndAsync();
        var output = helm.StandardOutput.ReadToEnd();
        helm.WaitForExit();
        return (helm.ExitCode, output, errors.GetAwaiter().GetResult());
    }
}
