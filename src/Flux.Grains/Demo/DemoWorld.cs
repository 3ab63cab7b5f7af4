namespace Flux.Grains.Demo;

/// <summary>A plant whose machines report what they do, and a team that takes care of what goes wrong there: some fifteen events a second.</summary>
internal sealed class DemoWorld
{
    /// <summary>The namespace of all its entities.</summary>
    public const string Namespace = "demo";

    /// <summary>The entity that says that the others are the demo's.</summary>
    public const string Mark = $"{Namespace}/world";

    private static readonly HashSet<string> Ids = [Mark, .. DemoPlant.Ids, .. DemoTeam.Ids];

    private readonly DemoPlant _plant;
    private readonly DemoTeam _team;

    public DemoWorld(DemoProducer producer, Random random)
    {
        _team = new DemoTeam(producer, random);
        _plant = new DemoPlant(producer, random, _team.OnFaultAsync);
    }

    /// <summary>Says whether the demo has an entity of this id.</summary>
    /// <param name="id">The id.</param>
    public static bool Owns(string id) => Ids.Contains(id);

    /// <summary>Has everybody report for the first time.</summary>
    public Task BeginAsync() => Task.WhenAll(_plant.BeginAsync(), _team.BeginAsync());

    /// <summary>Lets half a second pass.</summary>
    public async Task LiveAsync()
    {
        await _plant.WorkAsync();
        await _team.WorkAsync();
    }
}
