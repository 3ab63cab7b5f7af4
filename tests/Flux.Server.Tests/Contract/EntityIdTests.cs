namespace Flux.Server.Tests.Contract;

/// <summary>Wire contract, section 2, with authentication off.</summary>
public sealed class EntityIdTests(ServerFixture server)
{
    [Theory]
    [InlineData("github/notification/7")]
    [InlineData("github/issue/owner/name/12")]
    [InlineData("no-slash")]
    [InlineData("/leading")]
    [InlineData("UPPER/lower")]
    [InlineData("spaces in/an id")]
    [InlineData("ns/delete")]
    public async Task Any_string_is_an_id(string name)
    {
        var id = $"{Wire.NewNamespace()}{name}";
        await server.SetAsync(id, "{\"n\":1}");

        Assert.Equal(id, (await server.ReadAsync(id)).Text("id"));
    }

    [Fact]
    public async Task The_empty_string_is_an_id_too()
    {
        await using var socket = await server.OpenSocketAsync();
        await server.SetAsync("", "{\"n\":1}");

        Assert.Equal("", (await socket.NextAboutAsync("")).Text("entity_id"));
        Assert.Contains("", await server.ListAsync("prefix="));
        await server.PostAsync($"{Wire.Entities}/delete", """{"entity_ids":[""]}""");
        Assert.Equal("entity_deleted", (await socket.NextAboutAsync("")).Text("type"));
    }

    [Fact]
    public async Task Ids_are_case_sensitive()
    {
        var id = Wire.NewId();
        await server.SetAsync(id, "{\"n\":1}");

        Assert.False(await server.ExistsAsync(id.ToUpperInvariant()));
    }

    [Fact]
    public async Task The_path_is_decoded_once()
    {
        var ns = Wire.NewNamespace();
        foreach (var id in (string[])[$"{ns}/e", $"{ns}%2Fe", $"{ns}%", $"{ns}%25", $"{ns}+e", $"{ns} e", $"{ns}\u00e9"])
        {
            await server.SetAsync(id, "{\"n\":1}");
        }

        foreach (var (target, id) in ((string, string)[])
        [
            ($"{ns}%2Fe", $"{ns}/e"), ($"{ns}%2fe", $"{ns}/e"), ($"{ns}/e", $"{ns}/e"), ($"{ns}%252Fe", $"{ns}%2Fe"), ($"{ns}%25", $"{ns}%"),
            ($"{ns}%2525", $"{ns}%25"), ($"{ns}+e", $"{ns}+e"), ($"{ns}%2Be", $"{ns}+e"), ($"{ns}%20e", $"{ns} e"), ($"{ns}%C3%A9", $"{ns}\u00e9"),
        ])
        {
            var answer = await server.GetAsync($"{Wire.Entities}/{target}");
            Assert.True(answer.Status == 200 && answer.Json.Text("id") == id, $"{target}: {answer}");
        }
    }

    [Fact]
    public async Task The_path_of_a_delete_is_decoded_once_too()
    {
        var ns = Wire.NewNamespace();
        await server.SetAsync($"{ns}/e", "{\"n\":1}");
        await server.SetAsync($"{ns}%2Fe", "{\"n\":1}");

        var answer = await server.DeleteAsync($"{Wire.Entities}/{ns}%252Fe");

        Assert.Equal($"{ns}%2Fe", answer.Json.Text("entity_id"));
        Assert.Equal([$"{ns}/e"], await server.ListAsync($"prefix={ns}"));
    }

    [Theory]
    [InlineData("GET", "%ff")]
    [InlineData("GET", "a%c0%afb")]
    [InlineData("DELETE", "%ff")]
    public async Task Invalid_utf8_after_decoding_is_400(string method, string part)
    {
        Assert.Equal(400, (await server.SendAsync(RawRequest.Of(method, $"{Wire.Entities}/{part}"))).Status);
    }

    [Fact]
    public async Task Raw_slashes_mean_the_same_entity_for_delete()
    {
        var id = $"{Wire.NewNamespace()}/a/b";
        await server.SetAsync(id, "{\"n\":1}");

        var answer = await server.DeleteAsync($"{Wire.Entities}/{id}");

        Assert.Equal(id, answer.Json.Text("entity_id"));
        Assert.False(await server.ExistsAsync(id));
    }

    [Fact]
    public async Task An_entity_may_be_called_delete()
    {
        await server.SetAsync("delete", "{\"n\":1}");
        var read = await server.GetAsync($"{Wire.Entities}/delete");
        var deleted = await server.DeleteAsync($"{Wire.Entities}/delete");
        var again = await server.GetAsync($"{Wire.Entities}/delete");
        var batch = await server.PostAsync($"{Wire.Entities}/delete", """{"entity_ids":[]}""");

        Assert.Equal("delete", read.Json.Text("id"));
        Assert.Equal("delete", deleted.Json.Text("entity_id"));
        Assert.Equal(404, again.Status);
        Assert.Equal(0, batch.Json.GetProperty("deleted").GetInt32());
    }

    [Fact]
    public async Task A_namespaced_delete_is_an_ordinary_id()
    {
        var ns = Wire.NewNamespace();
        await server.SetAsync($"{ns}/delete", "{\"n\":1}");

        Assert.Equal($"{ns}/delete", (await server.GetAsync($"{Wire.Entities}/{ns}%2Fdelete")).Json.Text("id"));
        Assert.Equal($"{ns}/delete", (await server.GetAsync($"{Wire.Entities}/{ns}/delete")).Json.Text("id"));
    }
}
