using System.Globalization;

namespace Flux.Client.Tests.Scripted;

/// <summary>A log of changes to a few entities that serves one subscription after the other, and cuts each connection after a number of frames.</summary>
internal sealed class ScriptedLog(ScriptedServer server, IReadOnlyList<int> changes)
{
    private const string Time = "2026-02-25T20:04:27Z";

    /// <summary>Gives the state after a position: the last position that changed each entity.</summary>
    public SortedDictionary<string, long> StateAt(int position)
    {
        var state = new SortedDictionary<string, long>(StringComparer.Ordinal);
        for (var i = 0; i < position; i++)
        {
            state[Id(changes[i])] = i + 1;
        }

        return state;
    }

    /// <summary>Serves one connection for each number of frames and cuts it there, and then one to the end.</summary>
    /// <param name="cuts">After how many frames.</param>
    /// <param name="stretch">How many positions are merged into one stretch, as for a slow reader; 1 for none.</param>
    public async Task ServeAsync(IEnumerable<int> cuts, int stretch)
    {
        foreach (var cut in cuts)
        {
            var socket = await server.AcceptAsync();
            string[] frames = [.. await FramesAsync(socket, stretch)];
            await socket.SendAsync(frames[..Math.Min(cut, frames.Length - 1)]); // the last says that all was shown, and comes at the end only
            socket.Abort();
        }

        var last = await server.AcceptAsync();
        await last.SendAsync([.. await FramesAsync(last, stretch)]);
    }

    private static string Id(int entity) => string.Create(CultureInfo.InvariantCulture, $"e/{entity}");

    private async Task<IEnumerable<string>> FramesAsync(ScriptedSocket socket, int stretch)
    {
        var message = await socket.ReceiveAsync("subscribe");
        socket.Sub = message.GetProperty("sub").GetString()!;
        var from = message.GetProperty("from").ToString();
        return from is "snapshot"
            ? Snapshot().Concat(Changes(changes.Count / 2, stretch))
            : Changes(int.Parse(from.TrimStart('c'), CultureInfo.InvariantCulture), stretch, begin: true);
    }

    // The snapshot shows the middle of the log.
    private IEnumerable<string> Snapshot()
    {
        var middle = changes.Count / 2;
        yield return Frame($"{{'type':'subscribed',$sub,'position':{middle}}}");
        foreach (var (id, position) in StateAt(middle))
        {
            yield return Frame($"{{'type':'entity',$sub,'entity_id':'{id}','properties':{{'at':{position}}},'version':1,'last_updated':'{Time}'}}");
        }

        yield return Frame($"{{'type':'caught_up',$sub,'position':{middle},'cursor':'c{middle}'}}");
    }

    private IEnumerable<string> Changes(int after, int stretch, bool begin = false)
    {
        if (begin)
        {
            yield return Frame($"{{'type':'subscribed',$sub,'position':{after},'cursor':'c{after}'}}");
        }

        for (var start = after; start < changes.Count; start += stretch)
        {
            var end = Math.Min(start + stretch, changes.Count);
            var newest = Enumerable.Range(start, end - start).GroupBy(i => changes[i]).Select(group => group.Max()).Order().ToArray();
            foreach (var i in newest)
            {
                var cursor = stretch == 1 ? Frame($",'cursor':'c{i + 1}'") : string.Empty;
                yield return Frame(
                    $"{{'type':'change',$sub,'entity_id':'{Id(changes[i])}','properties':{{'at':{i + 1}}},'timestamp':'{Time}','event_id':'e{i + 1}','version':1,'position':{i + 1}{cursor}}}");
            }

            if (stretch > 1)
            {
                yield return Frame(
                    $"{{'type':'skipped',$sub,'from':{start + 1},'to':{end},'count':{end - start - newest.Length},'position':{end},'cursor':'c{end}'}}");
            }
        }

        yield return Frame($"{{'type':'caught_up',$sub,'position':{changes.Count},'cursor':'c{changes.Count}'}}");
    }

    private static string Frame(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
