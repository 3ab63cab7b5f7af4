using System.Text;

namespace Flux.Trials.Fuzz;

/// <summary>What cases are built of.</summary>
internal static class Words
{
    /// <summary>Pieces that are thrown into bytes: what parsers trip over.</summary>
    public static readonly IReadOnlyList<byte[]> Stones =
    [
        [0xFF], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xE2, 0x82], [0xEF, 0xBB, 0xBF], [0x00], [0x1B], [0x7F], [0x0D, 0x0A], [0x0D, 0x0A, 0x0D, 0x0A],
        .. from text in (string[])
           [
               "\"", "\\", "{", "}", "[", "]", ",", ":", "{}", "[]", "null", "true", "-", "0", "1e999", "e", ".", "\\u0000", "\\ud800", "\\udc00", "\\u", "😀", " ", "\t", "'",
               "%", "%00", "%ff", "%2F", "%zz", "&", "=", "?", "#", "/", "//", "..", "*", "<", ">", ";", "\"entity_id\":5,", "\"payload\":{},", "\"__deleted__\":true,",
               "9223372036854775808", "99999999999999999999", "(", ")", "&&", "||", "!", "properties", "HTTP/1.1", "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n",
           ]
           select Encoding.UTF8.GetBytes(text),
    ];

    /// <summary>The longer ones first: answers are counted by them.</summary>
    public static readonly string[] Routes =
    [
        "/api/events/batch", "/api/events", "/api/state/entities/delete", "/api/state/entities", "/api/series", "/api/claims", "/api/why", "/api/namespaces", "/api/admin", "/api/ws", "/health",
    ];

    /// <summary>Values that are JSON, and some that only look like it.</summary>
    public static readonly IReadOnlyList<string> Values =
    [
        "null", "true", "false", "0", "-0", "1", "-1", "1.0", "1.5", "1e3", "1e999", "-1e999", "1e-999999999", "9007199254740993", "18446744073709551616",
        "9223372036854775807", "9223372036854775808", "-9223372036854775808", "0.1000000000000000055511151231257827", "01", "+1", "NaN", "Infinity", "0x10",
        new string('7', 400), "[]", "{}", "[[]]", "[null]", "{\"a\":{}}", "{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}", "{\"\":null}", "[1,]", "{\"a\":1,}", "'a'",
        "\"\"", "\"a\"", "\"text\"", "\"\\u0000\"", "\"\\ud800\"", "\"\\ud83d\\ude00\"", "\"\\udc00x\"", "\"é😀\\u2028\"", "\"\\x\"", "\"a\u0001b\"", "\"a", "\"now\"",
        "\"snapshot\"", "\"start\"", "\"live\"", "\"max\"", "\"2026-02-25T20:04:27Z\"", "\"9999-12-31T23:59:59-14:00\"", "\"*\"", "\"acme/*\"", "\"acme/e1\"", "\"e1\"",
        "\"__proto__\"", "\"$flux/namespaces/acme\"", "\"../x\"", $"\"{new string('i', 1024)}\"", $"\"{new string('i', 1025)}\"", $"\"{new string('ü', 600)}\"",
        new string('[', 100) + new string(']', 100), new string('[', 130) + new string(']', 130), new string('[', 5000), "[1,\"two\",{\"three\":[3.0]}]",
    ];

    public static readonly IReadOnlyList<string> Names =
        ["a", "b", "n", "temp", "mode", "", "é", "a.b", "a/b", "__deleted__", "__proto__", "$claim", "$claims", "\\u0061", "\\ud800", "\\u0000", "%", "<b>", new string('n', 1025)];

    /// <summary>Few, so that cases meet each other's entities.</summary>
    public static readonly IReadOnlyList<string> Ids =
        ["acme/e1", "acme/e2", "acme/e3", "acme/e4", "acme/e5/x", "acme/é", "acme/a b", "acme/a%2Fb", "acme/..", "acme/*", "e1", "", "/", "acme/", "acme//e", "Acme/e1", "other/e1", "$flux/x", "*"];

    public static readonly IReadOnlyList<string> Places = ["0", "1", "5", "-1", "999999999999", "9223372036854775807", "9223372036854775808", "1.5", "x", ""];

    public static readonly IReadOnlyList<string> Times =
    [
        "2026-02-25T20:04:27Z", "2026-02-25T20:04:27.123456%2B01:00", "2000-01-01T00:00:00Z", "2999-01-01T00:00:00Z", "0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-14:00",
        "2026-02-30T00:00:00Z", "garbage", "",
    ];

    public static readonly IReadOnlyList<string> Cursors = ["", "AQ", "x", "null", new string('A', 50), new string('A', 66), "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="];
}
