using Flux.Server.Reference;

namespace Flux.Server.Series;

/// <summary>What the reference says of the route of series.</summary>
internal static class SeriesReference
{
    private const string Schemas =
        """
        {
        "Point":{"type":"array","prefixItems":[{"type":"string","format":"date-time","description":"When it was recorded."},{"description":"The value as it was sent; `null` is a gap."},{"type":"integer","description":"The position of the event."}],
          "minItems":3,"maxItems":3},
        "Bucket":{"type":"object","required":["start","count"],"properties":{
          "start":{"type":"string","format":"date-time","description":"When it begins, inclusive; it ends where the next one may begin."},
          "count":{"type":"integer","description":"Its values; gaps do not count."},
          "min":{"type":"number"},"max":{"type":"number"},"avg":{"type":"number","description":"Each value counts once, however long it stood."},
          "last":{"description":"The last point; not there when it is no number and has more than 128 bytes."}}}
        }
        """;

    private static readonly ApiArea Area = new("Series", "The past of one property, for charts.", Schemas);

    public static readonly ApiOperation Read = new(Area, "getSeries", "Read what a property has been")
    {
        Description =
            """
            Single points, or with `buckets` stretches of time of equal length; those without points are left out. An unknown entity or property is `[]`. The way to the next page of points is the `Link` of the
            answer; a page may be empty and have a next one.

            With `format=csv`, or `Accept: text/csv`, it is a table: `time,value,position`, or `start,count,min,max,avg,last`. A text that a spreadsheet would take for a formula has `'` before it.
            """,
        Parameters =
        [
            ApiParameter.Required("entity", "The entity."),
            ApiParameter.Required("property", "The property; the name may be empty."),
            new("since", "Only what was recorded then or later. Not with `from`.", ApiParameter.Time),
            new("until", "Only what was recorded before. Not with `to`.", ApiParameter.Time),
            new("from", "The first position that counts.", ApiParameter.Number),
            new("to", "The last position that counts.", ApiParameter.Number),
            new("buckets", "Divides the range. Not with `limit` and `order`.", """{"type":"integer","minimum":1,"maximum":2000}"""),
            ApiParameter.Limit(10_000, 1_000),
            new("order", "`desc`: the newest first.", """{"enum":["asc","desc"],"default":"asc"}"""),
            ApiParameter.Format,
        ],
        Answers =
        [
            new("Points, or buckets.", """{"oneOf":[{"type":"array","items":{"$ref":"#/components/schemas/Point"}},{"type":"array","minItems":1,"items":{"$ref":"#/components/schemas/Bucket"}}]}""")
            {
                Head = [("Link", "`<…>; rel=\"next\"`: the way to the next page; not there on the last one.")],
            },
            ApiAnswer.Table,
        ],
        Refusals = ApiRefusal.Query,
        Examples =
        [
            new("How bright a lamp was", "/api/series?entity=home%2Flamp&property=brightness"),
            new("In ten stretches", "/api/series?entity=home%2Flamp&property=brightness&buckets=10"),
            new("As a table", "/api/series?entity=home%2Flamp&property=brightness&format=csv"),
        ],
    };
}
