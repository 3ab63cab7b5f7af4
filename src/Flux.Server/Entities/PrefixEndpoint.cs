using System.Buffers;
using System.Globalization;
using Flux.Core.Entities;
using Flux.Core.Events;
using Flux.Core.Json;
using Flux.Grains.Connections;
using Flux.Server.Hosting;
using Flux.Server.Namespaces;

namespace Flux.Server.Entities;

/// <summary>GET /api/state/prefixes: how ids go on behind a text, up to the next slash. One look into the index for each, however many ids begin with it.</summary>
internal sealed class PrefixEndpoint(IReadModel readModel, EntityLister lister, AccessControl access, HeadWatch headWatch, TimeProvider time)
{
    private const string Path = "/api/state/prefixes";
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1000;

    // The character after the slash: with it begins what comes after all ids that go on with a slash.
    private const string BehindSlash = "0";

    // Of ids that have no further slash, which are passed over.
    private const int MaxLookedAt = 10_000;
    private const int MostRowsPerRead = 256;

    // As with pages of entities: what an answer costs is bounded.
    private static readonly TimeSpan MaxTime = TimeSpan.FromMilliseconds(200);

    public async Task GetAsync(HttpContext context)
    {
        var query = QueryParameters.Read(context.Request);
        var (prefix, limit) = (query["prefix"] ?? string.Empty, (int)Math.Clamp(query.Number("limit") ?? DefaultLimit, 1, MaxLimit));
        var rights = access.RightsOf(context.Request);
        await headWatch.ConfirmAsync(context.RequestAborted);
        await lister.CatchUpAsync(context.RequestAborted);
        var started = time.GetTimestamp();
        var rest = rights.SkipHidden(EntityRange.OfPrefix(prefix).From(ReadStart(query)));
        var (found, lookedAt, rows, reads) = (0, 0, 1, 0);
        var json = new ArrayBufferWriter<byte>();
        JsonAnswer.Write(json, "["u8);
        while (!rest.IsEmpty && found < limit && lookedAt < MaxLookedAt && (reads++ == 0 || time.GetElapsedTime(started) < MaxTime))
        {
            var page = await readModel.ReadPageAsync(rest, rows, context.RequestAborted);
            var next = page.Rest ?? EntityRange.Nothing;
            rows = Math.Min(rows * 4, MostRowsPerRead);
            foreach (var entity in page.Entities)
            {
                lookedAt++;
                var slash = entity.Id.IndexOf('/', prefix.Length);
                if (slash >= 0 && rights.CanRead(entity.Id))
                {
                    JsonAnswer.Write(json, found++ == 0 ? default : ","u8);
                    JsonWrite.String(json, entity.Id.AsSpan(0, slash + 1));
                    next = rest.From(string.Concat(entity.Id.AsSpan(0, slash), BehindSlash));
                    rows = 1;
                    break;
                }
            }

            rest = rights.SkipHidden(next);
        }

        JsonAnswer.Write(json, "]"u8);
        if (!rest.IsEmpty)
        {
            NextLink.Set(context.Response, Path, ("prefix", prefix), ("limit", limit.ToString(CultureInfo.InvariantCulture)), ("start", rest.Start));
        }

        await JsonAnswer.SendAsync(context, StatusCodes.Status200OK, json);
    }

    private static string ReadStart(QueryParameters query)
    {
        var start = query["start"] ?? string.Empty;
        return StoredText.IsValid(start) ? start : throw QueryParameters.Invalid("start: was not given out");
    }
}
