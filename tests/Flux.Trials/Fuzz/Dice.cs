using System.Text;

namespace Flux.Trials.Fuzz;

/// <summary>The choices that make one case: the same seed and number, the same case.</summary>
internal sealed class Dice(int seed, long number)
{
    // Mixed, so that neighbours have nothing in common. Source: the finaliser of SplitMix64.
    private readonly Random _random = new(Mix(((ulong)(uint)seed << 40) + (ulong)number));

    public bool OneIn(int n) => _random.Next(n) == 0;

    public int Below(int n) => _random.Next(n);

    public T Pick<T>(IReadOnlyList<T> from) => from[_random.Next(from.Count)];

    /// <summary>Picks by weight.</summary>
    public T Pick<T>(params (int Weight, T Value)[] from)
    {
        var at = _random.Next(from.Sum(one => one.Weight));
        foreach (var (weight, value) in from)
        {
            if ((at -= weight) < 0)
            {
                return value;
            }
        }

        throw new ArgumentException("all weights are 0", nameof(from));
    }

    public byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>Damages bytes in a few places: flips, cuts, repeats, and pieces of what parsers trip over.</summary>
    public byte[] Damage(byte[] bytes)
    {
        var damaged = bytes.ToList();
        for (var left = 1 + Below(4); left > 0; left--)
        {
            var at = Below(damaged.Count + 1);
            var length = Math.Min(Below(OneIn(4) ? 64 : 4), damaged.Count - at);
            switch (Below(6))
            {
                case 0 when at < damaged.Count:
                    damaged[at] ^= (byte)(1 << Below(8));
                    break;
                case 1 when at < damaged.Count:
                    damaged[at] = (byte)Below(256);
                    break;
                case 2:
                    damaged.RemoveRange(at, length);
                    break;
                case 3:
                    damaged.InsertRange(at, damaged.GetRange(at, length));
                    break;
                case 4:
                    damaged.RemoveRange(at, OneIn(4) ? damaged.Count - at : length);
                    break;
                default:
                    damaged.InsertRange(at, Pick(Words.Stones));
                    break;
            }
        }

        return [.. damaged];
    }

    public string Text(params string[] from) => Pick(from);

    public byte[] Utf8(params string[] from) => Encoding.UTF8.GetBytes(Pick(from));

    private static int Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return (int)(value ^ (value >> 31));
    }
}
