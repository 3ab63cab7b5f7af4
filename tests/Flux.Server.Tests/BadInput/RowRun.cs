using System.Globalization;
using System.Text.Json;
using Flux.Server.Tests.Subscriptions.V2;

namespace Flux.Server.Tests.BadInput;

/// <summary>One run of one variant: it counts what was accepted, and keeps the pushes that came meanwhile.</summary>
/// <param name="server">The server that is asked.</param>
/// <param name="others">The other nodes of its cluster.</param>
/// <param name="steadySocket">A socket that was open before.</param>
/// <param name="owners">Who owns what, on a server that asks for tokens.</param>
/// <param name="isSigned">Whether requests to write are given the owner's token when they bring none: they are tried as anybody's who may.</param>
internal sealed class RowRun(ServerFixture server, IReadOnlyList<ServerFixture> others, RawWebSocket steadySocket, Owners? owners, bool isSigned)
{
    private static long _ids;

    private readonly List<JsonElement> _unclaimed = [];

    public ServerFixture Server => server;

    /// <summary>Gets the other nodes of the cluster; none for a server that stands alone.</summary>
    public IReadOnlyList<ServerFixture> Others => others;

    /// <summary>Gets the header of who owns <c>acme</c>, on the server that asks for tokens.</summary>
    public string Owner => owners!.Acme;

    /// <summary>Gets or sets how many events the server must have stored.</summary>
    public long Accepted { get; set; }

    /// <summary>Gets or sets how many more it may have stored: answers lost with their connection.</summary>
    public long PerhapsAccepted { get; set; }

    /// <summary>Gets pushes that came and that nobody asked for yet.</summary>
    public IReadOnlyList<JsonElement> UnclaimedPushes => _unclaimed;

    public string NewId(string prefix = "acme/bad-") => prefix + Interlocked.Increment(ref _ids).ToString(CultureInfo.InvariantCulture);

    public string NewMark() => $"mark-{Interlocked.Increment(ref _ids)}";

    public async Task<RawHttp> ConnectAsync()
    {
        var http = await server.ConnectAsync();
        http.Signature = isSigned ? Owner : null;
        return http;
    }

    public Task<RawWebSocket> OpenSocketAsync() => server.OpenSocketAsync();

    public async Task<NewerSocket> OpenNewerSocketAsync(params string[] headers)
    {
        var socket = await NewerSocket.OpenAsync(server.Port, headers);
        socket.Raw.Judge = server.Judge;
        return socket;
    }

    /// <summary>Gives what a gauge of the server stands at.</summary>
    public async Task<double> GaugeAsync(string name) => (await ServerMetrics.ReadAsync(server)).Where(s => s.Series.Split('{')[0] == name).Sum(s => s.Value);

    /// <summary>Waits for what the page allows more or less than the usual second for.</summary>
    public Task JudgeAsync(Task awaited, TimeSpan due, long bytes = 0) => new AnswerTime(server).JudgeAsync(awaited, () => bytes, due);

    /// <summary>Sends one request on a connection of its own and reads one answer.</summary>
    public async Task<RawAnswer> SendAsync(byte[] request)
    {
        await using var http = await ConnectAsync();
        return await http.ExchangeAsync(request);
    }

    /// <summary>Sends a good request of many events: the page's second is for what is refused, so each of them may take a millisecond more.</summary>
    public async Task<RawAnswer> SendManyAsync(byte[] request, int events)
    {
        await using var http = await ConnectAsync();
        http.Judge = (answer, bytes) => new AnswerTime(server).JudgeAsync(answer, bytes, AnswerTime.Usual + TimeSpan.FromMilliseconds(events));
        return await http.ExchangeAsync(request);
    }

    /// <summary>Publishes an event that must be accepted.</summary>
    public async Task<RawAnswer> PublishAsync(string json)
    {
        var answer = await SendAsync(RawRequest.Publish(json, owners is null ? [] : [Owner]));
        CheckAcceptance(answer);
        return answer;
    }

    /// <summary>Gives a name that no namespace has.</summary>
    public string NewName() => $"row-{Interlocked.Increment(ref _ids).ToString(CultureInfo.InvariantCulture)}";

    /// <summary>Registers a namespace, whose record is an event as well.</summary>
    /// <returns>Its name, and the header of its owner.</returns>
    public async Task<(string Name, string Owner)> RegisterAsync()
    {
        var name = NewName();
        Accepted++;
        return (name, await Owners.RegisterAsync(server, name));
    }

    /// <summary>Issues a token.</summary>
    /// <returns>Its id, and the header of its holder.</returns>
    public async Task<(string Id, string Holder)> IssueAsync(string ns, string scope)
    {
        var answer = await ManageAsync("POST", $"/api/namespaces/{ns}/tokens", $"{{\"scope\":\"{scope}\"}}");
        return (answer.Json.GetProperty("id").GetString()!, Owners.Header(answer.Json.GetProperty("token").GetString()!));
    }

    /// <summary>Has the operator change something; each change is an event.</summary>
    public async Task<RawAnswer> ManageAsync(string method, string target, string? json = null, int events = 1)
    {
        var answer = await SendAsync(json is null
            ? RawRequest.Of(method, target, Owners.Operator)
            : RawRequest.With(method, target, RawRequest.Bytes(json), Owners.Operator));
        Assert.True(answer.Status is 200 or 204, $"{method} {target}: {answer}");
        Accepted += events;
        return answer;
    }

    /// <summary>Counts an answer that must say «accepted».</summary>
    public void CheckAcceptance(RawAnswer answer)
    {
        Assert.True(answer.Status == 200, $"expected to be accepted: {answer}");
        if (!answer.Json.TryGetProperty("duplicate", out _))
        {
            Accepted++;
        }
    }

    public async Task<JsonElement> ReadAsync(string id) =>
        await TryReadAsync(id) ?? throw new InvalidOperationException($"There is no entity '{id}'");

    public async Task<JsonElement?> TryReadAsync(string id)
    {
        var answer = await SendAsync(RawRequest.Get(RawRequest.EntityPath(id)));
        Assert.True(answer.Status is 200 or 404, $"the read of '{id}': {answer}");
        return answer.Status == 200 ? answer.Json : null;
    }

    public async Task<JsonElement> HistoryAsync(string id, int limit = 500)
    {
        var answer = await SendAsync(RawRequest.Get($"/api/events?entity={Uri.EscapeDataString(id)}&limit={limit}"));
        Assert.True(answer.Status == 200, $"the history of '{id}': {answer}");
        return answer.Json;
    }

    /// <summary>The next push about that entity, on the socket that was open before the variant.</summary>
    public async Task<JsonElement> NextPushAsync(string id)
    {
        for (var i = 0; i < _unclaimed.Count; i++)
        {
            if (IsAbout(_unclaimed[i], id))
            {
                var found = _unclaimed[i];
                _unclaimed.RemoveAt(i);
                return found;
            }
        }

        while (true)
        {
            var message = await steadySocket.NextMessageAsync($"a push of '{(id.Length > 64 ? id[..64] : id)}'");
            if (IsAbout(message, id))
            {
                return message;
            }

            _unclaimed.Add(message);
        }
    }

    /// <summary>A refusal has one of the statuses that are allowed with the code that goes with it, is JSON of the agreed shape, and gives nothing away (G1, G2).</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="allowed">What it may be. Without a code the web server refuses before routing, and its answer is empty.</param>
    public static void CheckRefusal(RawAnswer answer, (int Status, string? Code)[] allowed)
    {
        var code = answer.Body.Length == 0 ? null : answer.Code ?? "";
        Assert.True(allowed.Contains((answer.Status, code)), $"expected {string.Join(" or ", allowed.Select(a => $"{a.Status} {a.Code ?? "and nothing else"}"))}, got {answer}");
        if (code is not null)
        {
            CheckShape(answer);
        }
    }

    public static void CheckShape(RawAnswer answer)
    {
        Assert.True(answer.Header("Content-Type")?.StartsWith("application/json", StringComparison.Ordinal) == true,
            $"the refusal is '{answer.Header("Content-Type")}', not application/json: {answer}");
        Assert.True(answer.Json.ValueKind == JsonValueKind.Object, $"the refusal is no object: {answer}");
        Assert.False(string.IsNullOrEmpty(answer.Error), $"the refusal has no text: {answer}");
        Assert.False(string.IsNullOrEmpty(answer.Code), $"the refusal has no code: {answer}");
        CheckText(answer.Error!, answer.Text);
    }

    /// <summary>What a refusal says is short, plain, and gives nothing away (G2, G7).</summary>
    public static void CheckText(string error, string answer)
    {
        Assert.True(error.Length <= 400, $"the refusal quotes too much: {answer}");
        Assert.False(error.Any(char.IsControl), $"the refusal holds control characters: {answer}");
        foreach (var leak in (string[])["   at ", "System.", "Exception", "Microsoft.", "Orleans", "Flux.", ".cs:", "SQLite", "Npgsql", "PostgreSQL", "/tmp/"])
        {
            Assert.False(answer.Contains(leak, StringComparison.Ordinal), $"the refusal gives away '{leak}': {answer}");
        }
    }

    /// <summary>Asks until something holds.</summary>
    public static async Task WithinAsync(TimeSpan limit, Func<Task<bool>> holdsAsync, string otherwise)
    {
        var begun = TimeProvider.System.GetTimestamp();
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!await holdsAsync())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(begun) < limit, $"{otherwise} after {limit}");
            await pace.WaitForNextTickAsync();
        }
    }

    private static bool IsAbout(JsonElement message, string id) =>
        message.TryGetProperty("entity_id", out var entity) && entity.GetString() == id;
}
