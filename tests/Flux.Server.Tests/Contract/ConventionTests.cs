using System.Text.RegularExpressions;
using Flux.Server.Tests.BadInput;

namespace Flux.Server.Tests.Contract;

/// <summary>Wire contract, section 1.</summary>
public sealed partial class ConventionTests(ServerFixture server)
{
    [Fact]
    public async Task Answers_are_compact_json()
    {
        var id = Wire.NewId();
        var publish = await server.PostAsync("/api/events", Good.Event(id, """{"a":1,"b":[1,{"c":null}]}"""));
        var read = await server.GetAsync(RawRequest.EntityPath(id));
        var list = await server.GetAsync($"{Wire.Entities}?prefix={id}");
        var history = await server.GetAsync($"/api/events?entity={id}");

        Assert.All([publish, read, list, history], answer => Assert.DoesNotContain(answer.Text, c => char.IsWhiteSpace(c)));
        Assert.Contains("\"eventId\":\"", publish.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Blanks_of_a_request_do_not_come_back()
    {
        var id = Wire.NewId();
        await using var socket = await server.OpenSocketAsync();
        var text = $$"""{ "stream" : "test", "source" : "s", "payload" : { "entity_id" : "{{id}}", "properties" : { "a" : [ 1, { "b" : 2 } ] } } }""";

        RawAnswer[] answers =
        [
            await server.PostAsync("/api/events/batch", $"[ {text} ]"),
            await server.GetAsync(RawRequest.EntityPath(id)),
            await server.GetAsync($"{Wire.Entities}?prefix={id}"),
            await server.GetAsync($"/api/events?entity={id}"),
            await server.GetAsync("/api/admin/config"),
            await server.PostAsync($"{Wire.Entities}/delete", $$"""{ "entity_ids" : [ "{{id}}" ] }"""),
            await server.DeleteAsync(RawRequest.EntityPath(id)),
        ];

        Assert.All(answers, answer => Assert.True(answer.Status == 200 && !answer.Text.Any(char.IsWhiteSpace), $"{answer}"));
        Assert.Equal("""[1,{"b":2}]""", (await socket.NextAboutAsync(id)).GetProperty("value").GetRawText());
    }

    [Fact]
    public async Task No_answer_is_compressed_or_sets_a_cookie()
    {
        RawAnswer[] answers =
        [
            await server.GetAsync(Wire.Entities, "Accept-Encoding: gzip, br, zstd"),
            await server.PostAsync("/api/events", Good.With(), "Accept-Encoding: gzip"),
        ];

        Assert.All(answers, answer => Assert.Equal((200, null, null), (answer.Status, answer.Header("Content-Encoding"), answer.Header("Set-Cookie"))));
    }

    [Fact]
    public async Task Json_answers_say_so_in_their_content_type()
    {
        var id = Wire.NewId();
        RawAnswer[] answers =
        [
            await server.PostAsync("/api/events", Good.Event(id, "{\"n\":1}")),
            await server.PostAsync("/api/events/batch", $"[{Good.Event(id, "{\"n\":1}")}]"),
            await server.GetAsync(RawRequest.EntityPath(id)),
            await server.GetAsync($"{Wire.Entities}?prefix={id}"),
            await server.GetAsync($"/api/events?entity={id}"),
            await server.DeleteAsync(RawRequest.EntityPath(id)),
            await server.PostAsync($"{Wire.Entities}/delete", """{"entity_ids":[]}"""),
            await server.GetAsync("/api/admin/config"),
            await server.PostAsync("/api/events", "{"),
            await server.GetAsync("/nowhere"),
        ];

        Assert.All(answers, answer => Assert.Equal("application/json", answer.Header("Content-Type")?.Split(';')[0]));
    }

    [Fact]
    public async Task Nothing_is_escaped_that_json_does_not_need_escaped()
    {
        var id = Wire.NewId();
        await server.SetAsync(id, "{\"text\":\"caf\u00e9 + <b> & 'x' \U0001F600 / \u20ac\"}");

        var read = await server.GetAsync(RawRequest.EntityPath(id));
        var history = await server.GetAsync($"/api/events?entity={id}");
        var publish = await server.PostAsync("/api/events", Good.With(more: ",\"eventId\":\"" + id + " + \u00e9 <&'>\""));
        var delete = await server.DeleteAsync(RawRequest.EntityPath($"{id}+\u00e9<&'>"));

        Assert.Contains("caf\u00e9 + <b> & 'x' \U0001F600 / \u20ac", read.Text, StringComparison.Ordinal);
        Assert.Contains("+00:00", read.Text, StringComparison.Ordinal);
        Assert.Contains("caf\u00e9 + <b> & 'x' \U0001F600 / \u20ac", history.Text, StringComparison.Ordinal);
        Assert.Contains("+ \u00e9 <&'>", publish.Text, StringComparison.Ordinal);
        Assert.Contains("+\u00e9<&'>", delete.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Errors_are_objects_with_a_text()
    {
        Wire.AssertRefused(await server.PostAsync("/api/events", "{"), 400);
        Wire.AssertRefused(await server.PostAsync("/api/events/batch", "{}"), 400);
        Wire.AssertRefused(await server.PostAsync($"{Wire.Entities}/delete", "{}"), 400);
        Wire.AssertRefused(await server.GetAsync($"{Wire.Entities}/nobody"), 404);
        Wire.AssertRefused(await server.GetAsync("/api/events?entity=x&limit=x"), 400);
    }

    [Theory]
    [InlineData("/nowhere")]
    [InlineData("/index.html")]
    [InlineData("/entity/")]
    [InlineData("/api")]
    [InlineData("/api/events/")]
    [InlineData("/api/events/batch/")]
    [InlineData("/api/state/entities/")]
    [InlineData("/api/ws/")]
    [InlineData("/api/namespaces/")]
    [InlineData("/api/namespaces/acme/")]
    [InlineData("/api/admin/config/")]
    public async Task An_unknown_path_and_a_trailing_slash_are_404(string path)
    {
        Wire.AssertRefused(await server.GetAsync(path), 404);
    }

    [Theory]
    [InlineData("PUT", "/api/events")]
    [InlineData("DELETE", "/api/events")]
    [InlineData("GET", "/api/events/batch")]
    [InlineData("POST", "/api/state/entities")]
    [InlineData("POST", "/api/state/entities/acme%2Fe1")]
    [InlineData("PUT", "/api/state/entities/acme/e1")]
    [InlineData("PUT", "/api/state/entities/delete")]
    [InlineData("DELETE", "/api/state/entities")]
    [InlineData("GET", "/api/namespaces")]
    [InlineData("POST", "/api/namespaces/acme")]
    [InlineData("POST", "/api/ws")]
    [InlineData("POST", "/health/live")]
    public async Task A_known_path_with_a_wrong_method_is_405(string method, string path)
    {
        Wire.AssertRefused(await server.SendAsync(RawRequest.With(method, path, "{}"u8.ToArray())), 405);
    }

    [Theory]
    [InlineData("/api/state/entities?prefix=head-nobody")]
    [InlineData("/api/events?entity=head-nobody")]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    public async Task Head_works_where_get_does(string target)
    {
        var get = await server.GetAsync(target);
        var head = await server.SendAsync(RawRequest.Of("HEAD", target));

        Assert.Equal(200, head.Status);
        Assert.Equal(get.Header("Content-Type"), head.Header("Content-Type"));
        Assert.Empty(head.Body);
    }

    [Fact]
    public async Task Head_of_an_entity_works_where_get_does()
    {
        var id = Wire.NewId();
        await server.SetAsync(id, "{\"n\":1}");

        var known = await server.SendAsync(RawRequest.Of("HEAD", RawRequest.EntityPath(id)));
        var unknown = await server.SendAsync(RawRequest.Of("HEAD", RawRequest.EntityPath(Wire.NewId())));

        Assert.Equal((200, 0), (known.Status, known.Body.Length));
        Assert.Equal((404, 0), (unknown.Status, unknown.Body.Length));
    }

    [Fact]
    public async Task Unknown_query_parameters_and_members_are_ignored()
    {
        var id = Wire.NewId();
        await server.PublishAsync(Good.With(payload: $$$"""{"entity_id":"{{{id}}}","properties":{"n":1},"other":[1]}""", more: ",\"namespace\":\"x\""));

        Assert.Equal(200, (await server.GetAsync($"{RawRequest.EntityPath(id)}?x=1&x=2")).Status);
        Assert.Equal([id], await server.ListAsync($"prefix={id}&other=1&token=2"));
        Assert.Single(await server.HistoryAsync(id, "&unknown=x"));
        Assert.Equal(200, (await server.PostAsync("/api/events?x=1", Good.With())).Status);
        Assert.Equal(200, (await server.PostAsync($"{Wire.Entities}/delete", """{"entity_ids":[],"other":{}}""")).Status);
    }

    [Theory]
    [InlineData("/api/state/entities?prefix=a&prefix=b")]
    [InlineData("/api/state/entities?namespace=a&namespace=a")]
    [InlineData("/api/events?entity=a&entity=a")]
    [InlineData("/api/events?entity=a&limit=1&limit=1")]
    [InlineData("/api/events?entity=a&since=2026-01-01T00:00:00Z&since=2026-01-01T00:00:00Z")]
    public async Task A_repeated_query_parameter_is_400(string target)
    {
        Wire.AssertRefused(await server.GetAsync(target), 400);
    }

    [Theory]
    [InlineData("22.50")]
    [InlineData("1e3")]
    [InlineData("9007199254740993")]
    [InlineData("-9223372036854775808")]
    [InlineData("18446744073709551615")]
    public async Task A_number_keeps_its_value(string number)
    {
        var id = Wire.NewId();
        await server.SetAsync(id, $"{{\"n\":{number}}}");

        var read = (await server.ReadAsync(id)).GetProperty("properties").GetProperty("n");

        Assert.Equal(decimal.Parse(number, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture), read.GetDecimal());
    }

    [Theory]
    [InlineData("123456789012345678901234567890")]
    [InlineData("1e300")]
    [InlineData("0.1234567890123456789012345")]
    public async Task A_number_beyond_64_bits_is_at_least_a_double(string number)
    {
        var id = Wire.NewId();
        await server.SetAsync(id, $"{{\"n\":{number}}}");

        var read = (await server.ReadAsync(id)).GetProperty("properties").GetProperty("n");

        Assert.Equal(double.Parse(number, System.Globalization.CultureInfo.InvariantCulture), read.GetDouble());
    }

    [Fact]
    public async Task Nesting_of_100_levels_is_taken()
    {
        var id = Wire.NewId();
        var value = $"{new string('[', 97)}1{new string(']', 97)}"; // the event, its payload and the properties are three

        await server.SetAsync(id, $"{{\"v\":{value}}}");

        var read = await server.GetAsync(RawRequest.EntityPath(id));
        Assert.Contains(value, read.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_last_of_two_equal_properties_wins_and_two_equal_envelope_members_are_400()
    {
        var id = Wire.NewId();
        await server.SetAsync(id, """{"n":1,"n":2}""");

        Assert.Equal("""{"n":2}""", (await server.ReadAsync(id)).GetProperty("properties").GetRawText());
        Wire.AssertRefused(await server.PostAsync("/api/events", Good.With(more: ",\"stream\":\"test\"")), 400);
    }

    [Fact]
    public async Task Every_answer_allows_every_origin()
    {
        RawAnswer[] answers =
        [
            await server.GetAsync(Wire.Entities + "?prefix=nobody", "Origin: https://a.example"),
            await server.GetAsync(Wire.Entities + "?prefix=nobody"),
            await server.PostAsync("/api/events", "{", "Origin: https://a.example"),
            await server.PostAsync("/api/events", Good.With()),
            await server.PostAsync("/api/events", Good.With().PadRight(1_048_577)),
            await server.GetAsync("/nowhere"),
            await server.SendAsync(RawRequest.Of("PATCH", "/api/events")),
            await server.GetAsync("/api/state/entities/nobody"),
            await server.SendAsync(RawRequest.Of("OPTIONS", "/api/events")),
            await server.GetAsync("/api/ws"),
        ];

        Assert.All(answers, answer => Assert.Equal("*", answer.Header("Access-Control-Allow-Origin")));
    }

    [Theory]
    [InlineData("/api/events")]
    [InlineData("/api/state/entities/acme%2Fe1")]
    [InlineData("/api/admin/config")]
    [InlineData("/nowhere")]
    public async Task Any_options_request_is_answered_as_a_preflight(string path)
    {
        var plain = await server.SendAsync(RawRequest.Of("OPTIONS", path));
        var preflight = await server.SendAsync(RawRequest.Of("OPTIONS", path, "Origin: https://a.example",
            "Access-Control-Request-Method: POST", "Access-Control-Request-Headers: authorization,content-type"));

        Assert.All([plain, preflight], answer =>
        {
            Assert.True(answer.Status is 200 or 204, $"{answer}");
            Assert.Empty(answer.Body);
            var methods = answer.Header("Access-Control-Allow-Methods")!.Split(',', StringSplitOptions.TrimEntries);
            Assert.Equal(["DELETE", "GET", "OPTIONS", "POST"], methods.Order(StringComparer.Ordinal));
            var headers = answer.Header("Access-Control-Allow-Headers")!.ToLowerInvariant().Split(',', StringSplitOptions.TrimEntries);
            Assert.Empty(((string[])["authorization", "content-type"]).Except(headers));
        });
    }

    [Fact]
    public async Task Rest_times_end_in_a_spelled_offset()
    {
        var id = Wire.NewId();
        await server.SetAsync(id, "{\"n\":1}");

        var updated = (await server.ReadAsync(id)).Text("lastUpdated")!;

        Assert.Matches(RestTime(), updated);
        var distance = (TimeProvider.System.GetUtcNow() - DateTimeOffset.Parse(updated, System.Globalization.CultureInfo.InvariantCulture)).Duration();
        Assert.True(distance < TimeSpan.FromMinutes(5), $"{updated} is not the time of applying");
    }

    [Fact]
    public async Task Socket_times_end_in_z()
    {
        var id = Wire.NewId();
        await using var socket = await server.OpenSocketAsync();
        await server.SetAsync(id, "{\"n\":1}");

        Assert.Matches(SocketTime(), (await socket.NextAboutAsync(id)).Text("timestamp"));
    }

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3}|\.\d{6}|\.\d{9})?\+00:00$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex RestTime();

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3}|\.\d{6}|\.\d{9})?Z$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SocketTime();
}
