using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Flux.Deploy.Tests.Compose;

/// <summary>deploy/compose.yaml and the variables beside it.</summary>
public sealed partial class ComposeTests
{
    private static readonly HashSet<string> MembersOfAService = new(StringComparer.Ordinal)
    {
        "build", "cap_drop", "depends_on", "environment", "healthcheck", "image", "ports", "read_only", "restart", "security_opt",
        "stop_grace_period", "tmpfs", "volumes",
    };

    private static readonly string Text = Repository.Read("deploy/compose.yaml");
    private static readonly JsonObject Compose = YamlText.ReadOne(Text);
    private static readonly IReadOnlyDictionary<string, JsonNode> Services =
        Compose["services"]!.AsObject().ToDictionary(service => service.Key, service => service.Value!);

    private static readonly IReadOnlyList<JsonNode> Silos =
        [.. Services.Where(service => service.Key.StartsWith("flux-", StringComparison.Ordinal)).Select(service => service.Value)];

    private static readonly JsonNode Database = Services["postgres"];

    [Fact]
    public void It_has_only_members_that_Compose_knows()
    {
        Assert.Equal(["name", "services", "volumes", "x-flux"], Compose.Select(member => member.Key).Order(StringComparer.Ordinal));
        Assert.All(Services.Values, service => Assert.All(service.AsObject(), member => Assert.Contains(member.Key, MembersOfAService)));
    }

    [Fact]
    public void There_are_two_silos_and_they_differ_in_their_port_only()
    {
        Assert.Equal(2, Silos.Count);
        Assert.Equal(Without("ports", Silos[0]), Without("ports", Silos[1]));
        Assert.Equal(["127.0.0.1:3001:3000", "127.0.0.1:3002:3000"], Silos.Select(silo => (string?)Assert.Single(silo["ports"]!.AsArray())));

        static string Without(string member, JsonNode service)
        {
            var copy = service.DeepClone().AsObject();
            copy.Remove(member);
            return copy.ToJsonString();
        }
    }

    [Fact]
    public void The_database_can_be_reached_by_the_silos_only() => Assert.Null(Database["ports"]);

    [Fact]
    public void Each_setting_is_one_that_the_server_reads() =>
        Assert.All(Silos, silo => Assert.All(silo["environment"]!.AsObject(), variable => Assert.Contains(variable.Key, Settings.OfFlux)));

    [Fact]
    public void The_admin_token_is_passed_on_and_not_set_to_an_empty_one() => Assert.All(Silos, silo =>
    {
        Assert.True(silo["environment"]!.AsObject().TryGetPropertyValue("FLUX_ADMIN_TOKEN", out var token));
        Assert.Null(token);
    });

    [Fact]
    public void Silos_wait_until_the_database_is_healthy() => Assert.All(
        Silos, silo => Assert.Equal("service_healthy", (string?)silo["depends_on"]!["postgres"]!["condition"]));

    [Fact]
    public void Each_service_tells_its_health_without_a_shell() => Assert.All(Services.Values, service =>
    {
        Assert.Equal("CMD", (string?)service["healthcheck"]!["test"]![0]);
        Assert.NotNull(service["healthcheck"]!["interval"]);
    });

    [Fact]
    public void A_silo_may_finish_what_it_has_accepted() => Assert.All(Silos, silo =>
    {
        var drain = int.Parse((string)silo["environment"]!["FLUX_SHUTDOWN_SECONDS"]!, CultureInfo.InvariantCulture);
        Assert.True(Seconds(silo["stop_grace_period"]!) >= drain + 5);
    });

    [Fact]
    public void A_silo_that_failed_comes_back() => Assert.All(Silos, silo => Assert.Equal("on-failure", (string?)silo["restart"]));

    [Fact]
    public void Silos_have_no_privileges_and_write_nowhere_but_to_tmp() => Assert.All(Silos, silo =>
    {
        Assert.True((bool)silo["read_only"]!);
        Assert.Equal("/tmp", (string?)Assert.Single(silo["tmpfs"]!.AsArray()));
        Assert.Equal("ALL", (string?)Assert.Single(silo["cap_drop"]!.AsArray()));
        Assert.Equal("no-new-privileges:true", (string?)Assert.Single(silo["security_opt"]!.AsArray()));
    });

    [Fact]
    public void The_data_is_in_a_volume_that_has_a_name()
    {
        Assert.Equal("postgres:17", (string?)Database["image"]);
        Assert.Equal("postgres-data:/var/lib/postgresql/data", (string?)Assert.Single(Database["volumes"]!.AsArray()));
        Assert.True(Compose["volumes"]!.AsObject().ContainsKey("postgres-data"));
    }

    [Fact]
    public void The_password_comes_from_the_env_file_and_nothing_starts_without_it()
    {
        var example = Repository.Read("deploy/.env.example").Split('\n').Select(line => line.TrimStart('#'));

        Assert.All(Variable().Matches(Text), variable =>
        {
            Assert.Contains(example, line => line.StartsWith($"{variable.Groups[1].Value}=", StringComparison.Ordinal));
            Assert.Matches("^(:-|:[?])", variable.Groups[2].Value);
        });
        Assert.Equal(Regex.Count(Text, @"\$\{POSTGRES_PASSWORD"), Regex.Count(Text, @"\$\{POSTGRES_PASSWORD:\?"));
        Assert.Contains("deploy/.env\n", Repository.Read(".gitignore"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_image_has_the_version_of_this_repository() => Assert.All(
        Silos, silo => Assert.EndsWith($":{Repository.Version}}}", (string?)silo["image"], StringComparison.Ordinal));

    private static int Seconds(JsonNode duration) => int.Parse(((string)duration!).TrimEnd('s'), CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\$\{(\w+)(:?.)")]
    private static partial Regex Variable();
}
