using Microsoft.AspNetCore.Http.Features;

namespace Flux.Server.Tests.Subscriptions;

/// <summary>Tells when the answer to an upgrade has gone out, before the server goes on.</summary>
internal sealed class HookedUpgrade(IHttpUpgradeFeature upgrade, Action onUpgraded) : IHttpUpgradeFeature
{
    public bool IsUpgradableRequest => upgrade.IsUpgradableRequest;

    public async Task<Stream> UpgradeAsync()
    {
        var transport = await upgrade.UpgradeAsync();
        onUpgraded();
        return transport;
    }
}
