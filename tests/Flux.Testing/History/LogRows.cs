namespace Flux.Testing.History;

/// <summary>Finds rows by position in a list that is sorted by it.</summary>
internal static class LogRows
{
    /// <summary>The index of the first row at or after a position; the count when there is none.</summary>
    public static int FirstAt(List<Row> rows, long position)
    {
        // A log without holes has row n at index n - 1.
        if (position >= 1 && position <= rows.Count && rows[(int)position - 1].Record.Position == position)
        {
            return (int)position - 1;
        }

        var (low, high) = (0, rows.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            (low, high) = rows[middle].Record.Position < position ? (middle + 1, high) : (low, middle - 1);
        }

        return low;
    }

    public static Row? Find(List<Row> rows, long position)
    {
        var at = FirstAt(rows, position);
        return at < rows.Count && rows[at].Record.Position == position ? rows[at] : null;
    }
}
