using System.Text;

namespace Flux.Server.Tests.BadInput;

/// <summary>Reads tables as a spreadsheet does. Source: RFC 4180.</summary>
internal static class Csv
{
    /// <summary>Gives all cells, one row after the other.</summary>
    public static List<string> Cells(string text) => [.. Rows(text).SelectMany(row => row)];

    /// <summary>Gives the rows. A quote inside a cell that does not begin with one, or text behind a closing one, fails the test.</summary>
    public static List<List<string>> Rows(string text)
    {
        var rows = new List<List<string>>();
        for (var at = 0; at < text.Length;)
        {
            var row = new List<string>();
            do
            {
                row.Add(ReadCell(text, ref at));
            }
            while (at < text.Length && text[at++] == ',');
            Assert.True(text[at - 1] == '\r' && text[at] == '\n', $"a row ends with CR LF: {text}");
            at++;
            rows.Add(row);
        }

        return rows;
    }

    private static string ReadCell(string text, ref int at)
    {
        if (text[at] != '"')
        {
            var start = at;
            at = text.IndexOfAny([',', '\r'], at);
            Assert.DoesNotContain('"', text[start..at]);
            return text[start..at];
        }

        var cell = new StringBuilder();
        for (at++; text[at] != '"' || text[at + 1] == '"'; at++)
        {
            at += text[at] == '"' ? 1 : 0;
            cell.Append(text[at]);
        }

        at++;
        Assert.Contains(text[at], ",\r");
        return cell.ToString();
    }
}
