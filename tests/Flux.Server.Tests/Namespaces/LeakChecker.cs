using System.Collections.Concurrent;
using System.Text;

namespace Flux.Server.Tests.Namespaces;

/// <summary>Looks at all that reaches anybody for the text of a private namespace whose token they do not hold.</summary>
internal sealed class LeakChecker(IReadOnlyList<Tenant> tenants)
{
    private const int Around = 60;

    private readonly Tenant[] _private = [.. tenants.Where(tenant => tenant.IsPrivate)];
    private readonly ConcurrentQueue<Leak> _leaks = [];
    private readonly ConcurrentDictionary<(string Owner, string Channel), int> _rightful = [];

    public IReadOnlyCollection<Leak> Leaks => _leaks;

    /// <summary>Says whether an owner has seen its own text: a server that shows nothing to anybody leaks nothing either.</summary>
    public bool HasShown(Tenant owner, string channel) => _rightful.ContainsKey((owner.Name, channel));

    /// <summary>Takes bytes that reached somebody.</summary>
    /// <param name="holder">Whose token they showed; null for none.</param>
    /// <param name="channel">By which way the bytes came.</param>
    /// <param name="bytes">The bytes.</param>
    public void Saw(Tenant? holder, string channel, ReadOnlySpan<byte> bytes)
    {
        foreach (var owner in _private)
        {
            if (bytes.IndexOf(owner.MarkerBytes) is not (>= 0 and var at))
            {
                continue;
            }

            if (holder == owner)
            {
                _rightful[(owner.Name, channel)] = 1;
            }
            else
            {
                var start = Math.Max(0, at - Around);
                var length = Math.Min(bytes.Length - start, owner.MarkerBytes.Length + (2 * Around));
                _leaks.Enqueue(new Leak(owner.Name, channel, Encoding.UTF8.GetString(bytes.Slice(start, length))));
            }
        }
    }
}
