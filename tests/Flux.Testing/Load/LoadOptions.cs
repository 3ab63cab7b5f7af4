namespace Flux.Testing.Load;

/// <summary>What a load is made of. Shares are of all steps, from 0 to 1.</summary>
public sealed record LoadOptions
{
    /// <summary>Gets the number of writers, each with its own connection and one request in flight.</summary>
    public int Writers { get; init; } = 16;

    /// <summary>
    /// Gets a value indicating whether each writer stays with its node, whatever happens there. Otherwise it starts there and goes on to the next one
    /// when it gets no answer or a 503.
    /// </summary>
    public bool Pinned { get; init; }

    /// <summary>Gets the pause of each writer after each step, so that a machine is not loaded beyond what a scenario is about. None by default.</summary>
    public TimeSpan Pause { get; init; }

    /// <summary>Gets how often each writer begins a step, when <see cref="Pause"/> is none; whoever is late begins at once. As often as it can by default.</summary>
    public TimeSpan Every { get; init; }

    /// <summary>Gets the number of entities.</summary>
    public int Entities { get; init; } = 1_000;

    /// <summary>Gets the namespaces that the entities are spread over.</summary>
    public IReadOnlyList<string> Namespaces { get; init; } = ["plant", "plant-2", "lab"];

    /// <summary>Gets the share of steps that repeat an acknowledged event with the same bytes.</summary>
    public double RetryShare { get; init; } = 0.10;

    /// <summary>Gets the share of steps that send a batch.</summary>
    public double BatchShare { get; init; } = 0.20;

    /// <summary>Gets the share of steps that send another event under the id of an acknowledged one.</summary>
    public double ConflictShare { get; init; } = 0.02;

    /// <summary>Gets the share of steps that delete an entity.</summary>
    public double DeleteShare { get; init; } = 0.03;

    /// <summary>Gets the share of steps that read an entity.</summary>
    public double ReadShare { get; init; } = 0.05;

    /// <summary>Gets the share of events that change nothing: no properties, or no entity.</summary>
    public double NoOpShare { get; init; } = 0.04;

    /// <summary>Gets what makes the properties of an event, as JSON, from the entity, the event's id and the writer's randomness; null for those of the
    /// fault model's load.</summary>
    public Func<string, string, Random, string>? Properties { get; init; }

    /// <summary>Gets what makes its steps others than those of another load of a run with the same <see cref="Flux.Testing.Load.Seed"/>.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Gets the number of steps after which each writer stops; null for until it is told to.</summary>
    public int? StepsPerWriter { get; init; }
}
