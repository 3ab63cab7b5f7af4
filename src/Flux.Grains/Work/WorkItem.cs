namespace Flux.Grains.Work;

/// <summary>A long piece of work that somebody has asked the server for.</summary>
[GenerateSerializer, Immutable, Alias("flux.work-item")]
public sealed record WorkItem
{
    /// <summary>Gets its id.</summary>
    [Id(0)]
    public required string Id { get; init; }

    /// <summary>Gets what it is: <c>verify</c>, <c>export</c>.</summary>
    [Id(1)]
    public required string Kind { get; init; }

    /// <summary>Gets what it is about, for a person; empty for everything.</summary>
    [Id(2)]
    public required string Subject { get; init; }

    /// <summary>Gets what has become of it.</summary>
    [Id(3)]
    public required WorkState State { get; init; }

    /// <summary>Gets when it was asked for.</summary>
    [Id(4)]
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Gets when something was last heard of it; when it has ended, its end.</summary>
    [Id(5)]
    public required DateTimeOffset HeardAt { get; init; }

    /// <summary>Gets what is counted: <c>events</c>, <c>entities</c>; empty before anything is.</summary>
    [Id(6)]
    public string What { get; init; } = string.Empty;

    /// <summary>Gets how many of them are done.</summary>
    [Id(7)]
    public long Done { get; init; }

    /// <summary>Gets how many there are.</summary>
    [Id(8)]
    public long Total { get; init; }

    /// <summary>Gets how many are done in a second.</summary>
    [Id(9)]
    public double Rate { get; init; }

    /// <summary>Gets what came of it, or what is wrong; empty before its end.</summary>
    [Id(10)]
    public string Result { get; init; } = string.Empty;

    /// <summary>Gets what whoever fetches its file has to know; empty when it has none.</summary>
    [Id(11)]
    public string Key { get; init; } = string.Empty;

    /// <summary>Gets a value indicating whether it has come to an end.</summary>
    public bool HasEnded => State is not (WorkState.Waiting or WorkState.Running);
}
