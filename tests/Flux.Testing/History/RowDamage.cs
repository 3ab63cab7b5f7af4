using System.Data.Common;
using System.Globalization;
using System.Text;

namespace Flux.Testing.History;

/// <summary>Ways to change rows of the log behind Flux's back: what a broken disk, a slip of an operator or somebody with a purpose would do.</summary>
public static class RowDamage
{
    /// <summary>The ways.</summary>
    public static readonly IReadOnlyList<string> Kinds =
        ["payload", "hash", "version", "event_id", "former values", "unknown flag", "no JSON", "lone surrogate", "removed", "swapped"];

    /// <summary>Does the damage.</summary>
    /// <param name="log">The log.</param>
    /// <param name="kind">Which.</param>
    /// <param name="position">Of the row.</param>
    /// <param name="other">Of the row that it is swapped with.</param>
    /// <param name="random">Chooses what is left open.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>A task.</returns>
    public static async Task DoAsync(DbConnection log, string kind, long position, long other, Random random, CancellationToken cancellationToken)
    {
        switch (kind)
        {
            case "payload":
                await UpdateAsync<byte[]>("payload", bytes => Flip(bytes, random.Next(bytes.Length), random));
                break;
            case "hash":
                await UpdateAsync<byte[]>("hash", bytes => Flip(bytes, random.Next(bytes.Length), random));
                break;
            case "version":
                await UpdateAsync<long>("version", version => version ^ (1L << random.Next(10, 40)));
                break;
            case "event_id":
                await UpdateAsync<string>("event_id", id => id[..^1] + (id[^1] == 'x' ? 'y' : 'x'));
                break;
            case "former values":
                await ExecuteAsync("UPDATE event SET before = @value WHERE position = @position", "{\"n\":"u8.ToArray(), position);
                break;
            case "unknown flag":
                await UpdateAsync<byte[]>("envelope", bytes => [(byte)(bytes[0] | 0x40), .. bytes[1..]]);
                break;
            case "no JSON":
                await UpdateAsync<byte[]>("payload", bytes => bytes[..^1]);
                break;
            case "lone surrogate":
                await UpdateAsync<byte[]>("payload", bytes => [.. Encoding.UTF8.GetBytes("{\"x\":\"\\ud800\","), .. bytes[1..]]);
                break;
            case "removed":
                await ExecuteAsync("DELETE FROM event WHERE position = @position", value: null, position);
                break;
            case "swapped":
                foreach (var (from, to) in ((long From, long To)[])[(position, 990), (other, position), (990, other)])
                {
                    await ExecuteAsync(string.Create(CultureInfo.InvariantCulture, $"UPDATE event SET position = {to} WHERE position = @position"), value: null, from);
                }

                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(kind), kind, message: null);
        }

        async Task UpdateAsync<T>(string column, Func<T, T> change)
        {
            await using var select = log.CreateCommand();
            select.CommandText = string.Create(CultureInfo.InvariantCulture, $"SELECT {column} FROM event WHERE position = {position}");
            var value = (T)(await select.ExecuteScalarAsync(cancellationToken))!;
            await ExecuteAsync($"UPDATE event SET {column} = @value WHERE position = @position", change(value), position);
        }

        async Task ExecuteAsync(string sql, object? value, long at)
        {
            await using var command = log.CreateCommand();
            command.CommandText = sql;
            foreach (var (name, content) in ((string, object?)[])[("position", at), ("value", value)])
            {
                if (content is not null)
                {
                    var parameter = command.CreateParameter();
                    (parameter.ParameterName, parameter.Value) = (name, content);
                    command.Parameters.Add(parameter);
                }
            }

            if (await command.ExecuteNonQueryAsync(cancellationToken) is not 1 and var count)
            {
                throw new InvalidOperationException($"{kind} at position {at} changed {count} rows");
            }
        }
    }

    private static byte[] Flip(byte[] bytes, int at, Random random)
    {
        var changed = (byte[])bytes.Clone();
        changed[at] ^= (byte)(1 << random.Next(8));
        return changed;
    }
}
