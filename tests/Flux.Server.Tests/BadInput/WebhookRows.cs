namespace Flux.Server.Tests.BadInput;

/// <summary>K: webhook targets.</summary>
internal static class WebhookRows
{
    public static readonly IReadOnlyList<Row> All =
    [
        new("K01", "names of this machine") { new NotYet(NotYet.Webhooks) },
        new("K02", "spellings of its addresses") { new NotYet(NotYet.Webhooks) },
        new("K03", "private addresses") { new NotYet(NotYet.Webhooks) },
        new("K04", "metadata and cluster names") { new NotYet(NotYet.Webhooks) },
        new("K05", "IPv6") { new NotYet(NotYet.Webhooks) },
        new("K06", "mapped IPv6") { new NotYet(NotYet.Webhooks) },
        new("K07", "names with private addresses") { new NotYet(NotYet.Webhooks) },
        new("K08", "rebinding") { new NotYet(NotYet.Webhooks) },
        new("K09", "redirects") { new NotYet(NotYet.Webhooks) },
        new("K10", "schemes, users and ports") { new NotYet(NotYet.Webhooks) },
        new("K11", "control characters in the URL") { new NotYet(NotYet.Webhooks) },
        new("K12", "endless answers") { new NotYet(NotYet.Webhooks) },
        new("K13", "410, 429, markup") { new NotYet(NotYet.Webhooks) },
        new("K14", "TLS") { new NotYet(NotYet.Webhooks) },
        new("K15", "custom headers") { new NotYet(NotYet.Webhooks) },
        new("K16", "another's namespace; 10,000 webhooks") { new NotYet(NotYet.Webhooks) },
        new("K17", "loops") { new NotYet(NotYet.Webhooks) },
    ];
}
