using Flux.Server.Hosting;
using Flux.Server.Reference;
using Flux.Server.Subscriptions.V2;

namespace Flux.Server.Subscriptions;

/// <summary>What the reference says of the routes of sockets and event streams.</summary>
internal static class SubscriptionsReference
{
    private static readonly ApiArea Area = new("Changes", "Every change is pushed as it is committed: over a WebSocket, or as server-sent events.");

    private static readonly IReadOnlyList<ApiRefusal> Sockets =
    [
        new(StatusCodes.Status403Forbidden, ErrorCodes.NamespaceBanned),
        new(StatusCodes.Status403Forbidden, ErrorCodes.ForbiddenOrigin),
        new(StatusCodes.Status429TooManyRequests, ErrorCodes.RateLimited),
    ];

    public static readonly ApiOperation Socket = new(Area, "openSocket", "Open a WebSocket")
    {
        Description =
            $"""
            The messages are in the [AsyncAPI document](/asyncapi.json), with their schemas and examples.

            {Describe(ClassicReference.Channel)}

            {Describe(NewerReference.Channel)}
            """,
        Answers = [new("The connection is a WebSocket now.", Schema: null) { Status = StatusCodes.Status101SwitchingProtocols }],
        Refusals = [new(StatusCodes.Status400BadRequest, ErrorCodes.InvalidRequest), .. Sockets],
        Examples = [new("Not an upgrade", "/api/ws") { Status = StatusCodes.Status400BadRequest }],
    };

    public static readonly ApiOperation Stream = new(Area, "openStream", "Follow changes as server-sent events")
    {
        Description =
            """
            One subscription of `flux.v2` over plain HTTP. Frames are the same without `sub`; the event's name is the frame's type, its `id` the cursor. A client that connects again with
            `Last-Event-ID` goes on there. A comment comes every 15 s.
            """,
        Parameters =
        [
            new("entity", "An id, `ns/*` or `*`; may be there several times. One of `entity` and `prefix` is required."),
            new("prefix", "Text with which ids start; may be there several times."),
            new("from", "`now` (default), `snapshot`, a cursor, or a position."),
            new("where", "A predicate in CEL."),
            new("slow", "What happens when the client reads too slowly.", """{"enum":["catch_up","conflate","disconnect"],"default":"catch_up"}"""),
            new("progress", "`true`: a `progress` frame at least once a second.", """{"enum":["true","false"]}"""),
            ApiParameter.OfHead("Last-Event-ID", "The last cursor; counts more than `from`."),
        ],
        Answers = [new("Events, until the client or the server ends.", """{"type":"string"}""") { ContentType = "text/event-stream" }],
        Refusals =
        [
            .. ApiRefusal.Query,
            new(StatusCodes.Status400BadRequest, ErrorCodes.MissingField),
            new(StatusCodes.Status400BadRequest, ErrorCodes.InvalidField),
            new(StatusCodes.Status400BadRequest, ErrorCodes.InvalidEntityId),
            new(StatusCodes.Status400BadRequest, ErrorCodes.InvalidExpression),
            new(StatusCodes.Status403Forbidden, ErrorCodes.WrongNamespace),
            new(StatusCodes.Status410Gone, ErrorCodes.CursorUnknown),
            new(StatusCodes.Status429TooManyRequests, ErrorCodes.TooManySubscriptions),
            .. Sockets,
        ],
        Examples = [new("A snapshot, then what changes", "/api/stream?entity=home%2F*&from=snapshot"), new("A predicate that is none", "/api/stream?entity=*&where=%29") { Status = StatusCodes.Status400BadRequest }],
    };

    private static string Describe(SocketChannel channel) =>
        $"""
        ### {channel.Id}

        {channel.Description}

        | From the client | |
        | --- | --- |
        {Rows(channel.FromClient)}

        | From the server | |
        | --- | --- |
        {Rows(channel.FromServer)}
        """;

    private static string Rows(IEnumerable<SocketMessage> messages) => string.Join('\n', messages.Select(message => $"| `{message.Type}` | {message.Summary} |"));
}
