using System.Collections;

namespace Flux.Server.Tests.BadInput;

/// <summary>One row of the bad-input page: its variants that run, those that wait for something, and what is answered otherwise by a decision.</summary>
internal sealed class Row(string id, string request) : IEnumerable
{
    private readonly List<Variant> _variants = [];
    private readonly List<NotYet> _notYet = [];
    private readonly List<Departure> _departures = [];

    public string Id => id;

    public string Request => request;

    public IReadOnlyList<Variant> Variants => _variants;

    public IReadOnlyList<NotYet> Waiting => _notYet;

    public IReadOnlyList<Departure> Departures => _departures;

    public void Add(Variant variant) => _variants.Add(variant);

    public void Add(IEnumerable<Variant> variants) => _variants.AddRange(variants);

    public void Add(NotYet part) => _notYet.Add(part);

    public void Add(Departure part) => _departures.Add(part);

    IEnumerator IEnumerable.GetEnumerator() => _variants.GetEnumerator();
}
