using Microsoft.AspNetCore.Http.Features;

namespace Flux.Server.Subscriptions;

/// <summary>Puts an outbox between the WebSocket and the connection when a request is upgraded.</summary>
internal sealed class FramedUpgrade(IHttpUpgradeFeature upgrade, int outboxBytes, TimeProvider time) : IHttpUpgradeFeature
{
    /// <summary>Gets the outbox of the connection. It opens with the upgrade.</summary>
    public Outbox Outbox { get; } = new(outboxBytes);

    /// <inheritdoc/>
    public bool IsUpgradableRequest => upgrade.IsUpgradableRequest;

    /// <inheritdoc/>
    public async Task<Stream> UpgradeAsync()
    {
        var transport = await upgrade.UpgradeAsync();
        Outbox.Open(transport);
        return new FrameStream(transport, Outbox, time);
    }
}
