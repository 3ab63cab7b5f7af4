using System.Text.Json;
using Flux.Server.Tests.BadInput;
using Flux.Server.Tests.Contract;

namespace Flux.Server.Tests.Entities;

/// <summary>Answers as tables for spreadsheets. Formulas are row U07 of the bad-input page.</summary>
public sealed class CsvTests(ServerFixture server)
{
    [Fact]
    public async Task A_series_is_a_table_of_its_points_with_values_as_they_were_sent()
    {
        var id = Wire.NewId();
        foreach (var value in (string[])["1.50", "-3", "\"a \\\"b\\\", c\"", "null", "{\"a\":[1,2]}"])
        {
            await server.SetAsync(id, $"{{\"v\":{value}}}");
        }

        var points = (await server.GetAsync($"/api/series?entity={id}&property=v")).Json.EnumerateArray().ToList();
        var answer = await server.GetAsync($"/api/series?entity={id}&property=v", "Accept: text/csv");
        var rows = Csv.Rows(answer.Text);

        Assert.Equal("text/csv; charset=utf-8; header=present", answer.Header("Content-Type"));
        Assert.Equal("attachment; filename=\"series.csv\"", answer.Header("Content-Disposition"));
        Assert.Equal(["time", "value", "position"], rows[0]);
        Assert.Equal(["1.50", "-3", "a \"b\", c", "", "{\"a\":[1,2]}"], rows.Skip(1).Select(row => row[1]));
        Assert.Equal(points.Select(point => point[0].GetString()), rows.Skip(1).Select(row => row[0]));
        Assert.Equal(points.Select(point => point[2].GetRawText()), rows.Skip(1).Select(row => row[2]));
    }

    [Fact]
    public async Task Buckets_are_a_table_with_empty_cells_for_what_they_have_not()
    {
        var id = Wire.NewId();
        await server.SetAsync(id, "{\"v\":2}");
        await server.SetAsync(id, "{\"v\":\"x\"}");

        var rows = Csv.Rows((await server.GetAsync($"/api/series?entity={id}&property=v&buckets=1&format=csv")).Text);

        Assert.Equal(["start", "count", "min", "max", "avg", "last"], rows[0]);
        Assert.Equal(["2", "2", "2", "2", "x"], Assert.Single(rows.Skip(1))[1..]);
    }

    [Fact]
    public async Task The_pages_of_a_table_are_tables()
    {
        var ns = Wire.NewNamespace();
        foreach (var name in (string[])["a", "b", "c"])
        {
            await server.SetAsync($"{ns}/{name}", "{\"n\":1}");
        }

        var (found, next) = (new List<string>(), $"/api/state/entities?namespace={ns}&limit=2&format=csv");
        while (next is not null)
        {
            var answer = await server.GetAsync(next);
            var rows = Csv.Rows(answer.Text);
            Assert.Equal(["id", "version", "lastUpdated", "properties"], rows[0]);
            found.AddRange(rows.Skip(1).Select(row => row[0]));
            next = answer.Header("Link")?.Split('<', '>')[1];
        }

        Assert.Equal([$"{ns}/a", $"{ns}/b", $"{ns}/c"], found);
        Assert.Equal(found, Csv.Rows((await server.GetAsync($"/api/state/entities?namespace={ns}&format=csv")).Text).Skip(1).Select(row => row[0]));
        var events = Csv.Rows((await server.GetAsync($"/api/events?namespace={ns}&order=desc&format=csv")).Text); // the end of the log: what others have put before it is long
        Assert.Equal(found, events.Skip(1).Select(row => row[events[0].IndexOf("entity_id")]).Reverse());
        Assert.All(events.Skip(1), row => Assert.Equal("{\"n\":1}", row[events[0].IndexOf("properties")]));
    }

    [Fact]
    public async Task Without_the_wish_an_answer_is_json_whatever_else_is_asked_for()
    {
        foreach (var target in (string[])["/api/state/entities?prefix=nobody&format=xml", "/api/events?entity=nobody&format=", "/api/series?entity=nobody&property=x&format=json"])
        {
            var answer = await server.GetAsync(target, "Accept: */*");

            Assert.Equal("application/json", answer.Header("Content-Type"));
            Assert.Equal(JsonValueKind.Array, answer.Json.ValueKind);
        }
    }
}
