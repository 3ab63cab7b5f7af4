using System.Collections;

namespace Flux.Server.Tests.BadInput;

/// <summary>One row of the bad-input page: its variants that run, and those that wait for something.</summary>
internal sealed class Row(string id, string request) : IEnumerable
{
    private readonly List<Variant> _variants = [];
    private readonly List<NotYet> _notYet = [];

    public string Id => id;

    public string Request => request;

    public IReadOnlyList<Variant> Variants => _variants;

    public IReadOnlyList<NotYet> Waiting => _notYet;

    public void Add(Variant variant) => _variants.Add(variant);

    public void Add(IEnumerable<Variant> variants) => _variants.AddRange(variants);

    public void Add(NotYet part) => _notYet.Add(part);

    IEnumerator IEnumerable.GetEnumerator() => _variants.GetEnumerator();
}
