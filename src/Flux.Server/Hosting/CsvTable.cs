using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Flux.Core.Events;

namespace Flux.Server.Hosting;

/// <summary>An answer as a table for spreadsheets: what the same answer is in JSON, a row for each item. Source: RFC 4180, and bad-input U07.</summary>
internal sealed class CsvTable
{
    private const string MediaType = "text/csv";

    // What a spreadsheet takes for the beginning of a formula, or looks behind for one.
    private static readonly SearchValues<char> Risky = SearchValues.Create("=+-@\t\r\n");

    // A semicolon or a tab separates cells where people have set it so.
    private static readonly SearchValues<char> Special = SearchValues.Create("\",;\t\r\n ");

    // An event and what is around it.
    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = EventLimits.MaxDepth + 8 };

    private readonly ArrayBufferWriter<byte> _bytes = new();
    private readonly string[][] _columns;

    /// <summary>Begins a table.</summary>
    /// <param name="columns">Where the cells are in an item: its members, with dots on the way down; of an array, one after the other.</param>
    public CsvTable(params string[] columns)
    {
        _columns = [.. columns.Select(column => column.Split('.'))];
        for (var i = 0; i < _columns.Length; i++)
        {
            WriteCell(i, _columns[i][^1]);
        }

        EndRow();
    }

    /// <summary>Gets how many bytes wait to be sent.</summary>
    public int WrittenCount => _bytes.WrittenCount;

    /// <summary>Says whether a request asks for a table: <c>format=csv</c>, or <c>Accept: text/csv</c>. Any other format is JSON.</summary>
    public static bool IsWanted(HttpRequest request, QueryParameters query) =>
        query["format"] is "csv" || request.Headers.Accept.Any(accept => accept is not null && accept.Contains(MediaType, StringComparison.OrdinalIgnoreCase));

    /// <summary>Adds a row for each item of an array in JSON.</summary>
    public void AddAll(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json, Reading);
        foreach (var item in document.RootElement.EnumerateArray())
        {
            Add(item);
        }
    }

    /// <summary>Adds a row for an item in JSON.</summary>
    public void Add(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json, Reading);
        Add(document.RootElement);
    }

    /// <summary>Says what the answer is. It belongs before the first byte.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="name">What a browser calls the file, without its ending; plain letters.</param>
    public static void Announce(HttpResponse response, string name)
    {
        response.ContentType = MediaType + "; charset=utf-8; header=present";
        response.Headers.ContentDisposition = $"attachment; filename=\"{name}.csv\"";
    }

    /// <summary>Sends what waits.</summary>
    public async ValueTask FlushAsync(HttpContext context)
    {
        await context.Response.BodyWriter.WriteAsync(_bytes.WrittenMemory, context.RequestAborted);
        _bytes.ResetWrittenCount();
    }

    /// <summary>Sends the whole table as the answer.</summary>
    /// <param name="context">The request.</param>
    /// <param name="name">What a browser calls the file, without its ending; plain letters.</param>
    public async Task SendAsync(HttpContext context, string name)
    {
        Announce(context.Response, name);
        context.Response.ContentLength = WrittenCount;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await FlushAsync(context);
        }
    }

    private static JsonElement? Find(JsonElement item, int index, string[] path)
    {
        if (item.ValueKind == JsonValueKind.Array)
        {
            return item[index];
        }

        foreach (var name in path)
        {
            if (item.ValueKind != JsonValueKind.Object || !item.TryGetProperty(name, out item))
            {
                return null;
            }
        }

        return item;
    }

    private void Add(JsonElement item)
    {
        for (var i = 0; i < _columns.Length; i++)
        {
            WriteCell(i, Find(item, i, _columns[i]) switch
            {
                null or { ValueKind: JsonValueKind.Null } => string.Empty,
                { ValueKind: JsonValueKind.String } text => text.GetString()!,
                { } other => other.GetRawText(), // a number as it was sent; an object or an array as JSON
            });
        }

        EndRow();
    }

    private void WriteCell(int index, string text)
    {
        if (index > 0)
        {
            _bytes.Write(","u8);
        }

        if (text.Length > 0 && Risky.Contains(text[0]) && !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
        {
            text = "'" + text; // a text, says this to a spreadsheet, whatever it looks like
        }

        if (text.AsSpan().ContainsAny(Special))
        {
            text = $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
        }

        Encoding.UTF8.GetBytes(text, _bytes);
    }

    private void EndRow() => _bytes.Write("\r\n"u8);
}
