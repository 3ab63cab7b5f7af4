namespace Flux.Browser.Tests;

/// <summary>Texts that would do something if a page took them for anything else. Source: bad-input, row U04.</summary>
internal static class Markup
{
    public static readonly string[] Texts =
    [
        "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\"><svg onload=alert(1)>", "javascript:alert(1)", "</script>", "{{7*7}}", "<!--", "'-alert(1)-'",
    ];
}
