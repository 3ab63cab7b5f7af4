using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Json.Schema;

namespace Flux.Deploy.Tests.Helm;

/// <summary>What can be said of deploy/helm/flux without helm. <see cref="RenderedChartTests"/> judges what it makes.</summary>
public sealed partial class ChartFilesTests
{
    private const string Chart = "deploy/helm/flux";
    private static readonly JsonSchema Schema = JsonSchema.FromText(Repository.Read($"{Chart}/values.schema.json"));

    [Fact]
    public void The_chart_installs_the_version_of_this_repository()
    {
        var chart = YamlText.ReadOne(Repository.Read($"{Chart}/Chart.yaml"));

        Assert.Equal("v2", (string?)chart["apiVersion"]);
        Assert.Equal("flux", (string?)chart["name"]);
        Assert.Equal(Repository.Version, (string?)chart["appVersion"]);
    }

    [Fact]
    public void The_defaults_satisfy_the_schema() => Assert.True(IsValid(Values()));

    [Theory]
    [InlineData("replica", "3", "a name that does not exist")]
    [InlineData("shutdownSeconds", "\"25\"", "text in place of a number")]
    [InlineData("shutdownSeconds", "0", "a drain of no time")]
    [InlineData("clusterId", "\"a b\"", "what cannot be a label")]
    [InlineData("postgres", """{"secretKey":"x","existingSecret":"","connectionString":""}""", "neither a secret nor a connection string")]
    [InlineData("settings", """{"PORT":"80"}""", "a setting that the chart sets itself")]
    [InlineData("settings", """{"FLUX_COLLECTION_AGE_SECONDS":300}""", "a number, which Helm may write as 3e+02")]
    [InlineData("podDisruptionBudget", """{"enabled":true,"maxUnavailable":0}""", "a budget that keeps nodes from being drained")]
    [InlineData("settings", """{"FLUX_ADMIN_TOKEN":"x"}""", "the admin token in the release's record")]
    [InlineData("auth", """{"enabled":"yes","existingSecret":"x","secretKey":"y"}""", "an unclear switch")]
    [InlineData("auth", """{"enabled":true,"existingSecret":"","secretKey":"y"}""", "authentication without an admin token")]
    [InlineData("image", """{"repository":""}""", "an image without a name")]
    public void The_schema_refuses(string name, string json, string what)
    {
        var values = Values();
        values[name] = JsonNode.Parse(json);

        Assert.False(IsValid(values), what);
    }

    [Fact]
    public void The_schema_describes_each_value_and_no_other()
    {
        var schema = JsonNode.Parse(Repository.Read($"{Chart}/values.schema.json"))!.AsObject();

        Assert.Equal(Sorted(Values().Select(value => value.Key).Append("global")), Sorted(Members(schema)));
        foreach (var (name, value) in Values())
        {
            // Maps that are the operator's own have no named members.
            if (value is JsonObject { Count: > 0 } group && schema["properties"]![name]!["properties"] is not null)
            {
                Assert.Equal(Sorted(group.Select(member => member.Key)), Sorted(Members(schema["properties"]![name]!)));
            }
        }

        static IEnumerable<string> Members(JsonNode node) => node["properties"]!.AsObject().Select(member => member.Key);
    }

    [Fact]
    public void Templates_use_only_values_that_exist_and_every_value_is_used()
    {
        var used = Templates().SelectMany(file => ValueName().Matches(Repository.Read(file))).Select(match => match.Groups[1].Value).ToHashSet();
        var all = Values().SelectMany(value => value.Value is JsonObject { Count: > 0 } group && !used.Contains(value.Key)
            ? group.Select(member => $"{value.Key}.{member.Key}")
            : [value.Key]);

        Assert.Equal(Sorted(all), Sorted(used));
    }

    [Fact]
    public void Templates_include_only_what_is_defined()
    {
        var text = string.Concat(Templates().Select(Repository.Read));

        Assert.Equal(
            Sorted(Definition().Matches(text).Select(match => match.Groups[1].Value)),
            Sorted(Inclusion().Matches(text).Select(match => match.Groups[1].Value).Distinct()));
    }

    [Fact]
    public void Each_block_of_a_template_is_closed() => Assert.All(Templates(), file =>
    {
        var text = Repository.Read(file);
        var depth = 0;
        foreach (Match action in Action().Matches(text))
        {
            depth += action.Groups[1].Value switch
            {
                "if" or "with" or "range" or "define" => 1,
                "end" => -1,
                _ => 0,
            };
            Assert.True(depth >= 0, $"{file}: an end too many");
        }

        Assert.Equal(0, depth);
        Assert.Equal(Regex.Count(text, "{{"), Regex.Count(text, "}}"));
    });

    private static JsonObject Values() => YamlText.ReadOne(Repository.Read($"{Chart}/values.yaml"));

    private static IOrderedEnumerable<string> Sorted(IEnumerable<string> names) => names.Order(StringComparer.Ordinal);

    private static IEnumerable<string> Templates() => Repository.Files($"{Chart}/templates");

    private static bool IsValid(JsonObject values) => Schema.Evaluate(JsonSerializer.SerializeToElement(values)).IsValid;

    [GeneratedRegex(@"\.Values\.([A-Za-z]+(?:\.[A-Za-z]+)*)")]
    private static partial Regex ValueName();

    [GeneratedRegex("""{{-? define "([^"]+)" """)]
    private static partial Regex Definition();

    [GeneratedRegex("""include "([^"]+)" """)]
    private static partial Regex Inclusion();

    [GeneratedRegex(@"{{-?\s*(\w+)?")]
    private static partial Regex Action();
}
