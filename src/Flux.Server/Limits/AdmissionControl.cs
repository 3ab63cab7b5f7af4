using System.Globalization;
using Flux.Core.Events;
using Flux.Core.Namespaces;
using Flux.Grains.Namespaces;
using Flux.Server.Hosting;
using Flux.Server.Namespaces;

namespace Flux.Server.Limits;

/// <summary>Asks the limits of an event's namespace, after the event was found to be valid and its sender to have the right. Only with authentication on.</summary>
internal sealed class AdmissionControl(FluxSettings settings, NamespaceDirectory directory, RateLimiter rates, EntityQuota quota, RateInstruments instruments)
{
    private static readonly Refusal OverRate = new(StatusCodes.Status429TooManyRequests, ErrorCodes.RateLimited, "rate limit exceeded");

    private static readonly Refusal NobodyCounts = new(
        StatusCodes.Status503ServiceUnavailable, ErrorCodes.Unavailable, "the silo that counts the namespace's events does not answer; nothing was written");

    /// <summary>Counts an event, and says why it is refused.</summary>
    /// <param name="data">The event.</param>
    /// <param name="context">The request that brings it. Its token is asked for by what waits only: asking makes one.</param>
    public ValueTask<Admission> AdmitAsync(EventData data, HttpContext context)
    {
        if (!settings.IsAuthEnabled || data.Entity is not { } entity || directory.Find(entity.Namespace) is not { } ns)
        {
            return new(Admission.Free);
        }

        var taken = rates.TakeAsync(ns);
        return taken is { IsCompletedSuccessfully: true, Result: RateVerdict.Within } && ns.Limits.Entities is null
            ? new(Admission.Free)
            : AdmitAsync(taken, ns, data, context);
    }

    /// <summary>Makes the answer to an event that is refused, and tells a client that is over its rate what that is.</summary>
    /// <param name="refusal">Why it is refused.</param>
    /// <param name="data">The event.</param>
    /// <param name="response">The answer to it.</param>
    public RequestRefusedException Refuse(Refusal refusal, EventData data, HttpResponse response)
    {
        if (refusal.Code is ErrorCodes.RateLimited && data.Entity is { } entity && directory.Find(entity.Namespace) is { } ns)
        {
            // The fields of the current draft (ietf-httpapi-ratelimit-headers, from 08 on). The three of the older ones, RateLimit-Limit and so on, mean
            // different things to different vendors. On refusals only: in a cluster no silo knows what is left, and on the hot path nobody reads it.
            response.Headers["RateLimit-Policy"] = string.Create(CultureInfo.InvariantCulture, $"\"namespace\";q={rates.LimitOf(ns)};w=60");
            response.Headers["RateLimit"] = "\"namespace\";r=0;t=60";
        }

        return refusal.ToException();
    }

    private async ValueTask<Admission> AdmitAsync(ValueTask<RateVerdict> taken, NamespaceRecord ns, EventData data, HttpContext context)
    {
        switch (await taken)
        {
            case RateVerdict.Over:
                instruments.OnOverRate();
                return new Admission(OverRate, Tally: null);
            case RateVerdict.Unknown:
                instruments.OnUnknown();
                return new Admission(NobodyCounts, Tally: null);
        }

        var (hasRoom, tally) = await quota.FindRoomAsync(ns, data, context.RequestAborted);
        if (hasRoom)
        {
            return new Admission(Refusal: null, tally);
        }

        instruments.OnOverQuota();
        return new Admission(
            new Refusal(
                StatusCodes.Status429TooManyRequests,
                ErrorCodes.QuotaExceeded,
                string.Create(CultureInfo.InvariantCulture, $"Namespace '{ns.Name}' has as many entities as it may ({ns.Limits.Entities}); delete some to make new ones")),
            Tally: null);
    }
}
