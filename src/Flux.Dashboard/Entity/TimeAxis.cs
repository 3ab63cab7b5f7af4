using Microsoft.AspNetCore.Components;

namespace Flux.Dashboard.Entity;

/// <summary>The axis of time under a drawing.</summary>
/// <param name="From">What its left end is.</param>
/// <param name="To">What its right end is.</param>
/// <param name="Left">Where its left end is drawn.</param>
/// <param name="Right">Where its right end is drawn.</param>
internal sealed record TimeAxis(DateTimeOffset From, DateTimeOffset To, double Left, double Right)
{
    private const int Ticks = 4;

    private string Format => To - From > TimeSpan.FromDays(2) ? "MMM d" : To - From > TimeSpan.FromMinutes(5) ? "HH:mm" : "HH:mm:ss";

    /// <summary>Says where a moment is drawn.</summary>
    /// <param name="at">The moment.</param>
    public double X(DateTimeOffset at) => To > From ? Left + ((Right - Left) * ((at - From) / (To - From))) : (Left + Right) / 2;

    /// <summary>Says whether a moment lies on it.</summary>
    /// <param name="at">The moment.</param>
    public bool Has(DateTimeOffset at) => at >= From && at <= To;

    /// <summary>Writes the times under it.</summary>
    /// <param name="y">At which height.</param>
    public RenderFragment Labels(double y) => builder =>
    {
        for (var i = 0; i <= Ticks; i++)
        {
            var at = From + ((To - From) * i / Ticks);
            builder.AddContent(i, Label(X(at), y, i == 0 ? "start" : i == Ticks ? "end" : "middle", at.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture)));
        }
    };

    /// <summary>Writes a text into a drawing: an element of that name would be taken for one of the markup language itself.</summary>
    /// <param name="x">Where.</param>
    /// <param name="y">At which height.</param>
    /// <param name="anchor">Which end of the text that is: start, middle or end.</param>
    /// <param name="text">The text.</param>
    public static RenderFragment Label(double x, double y, string anchor, string text) => builder =>
    {
        builder.OpenElement(0, "text");
        builder.AddAttribute(1, "class", "tick");
        builder.AddAttribute(2, "x", Number(x));
        builder.AddAttribute(3, "y", Number(y));
        builder.AddAttribute(4, "text-anchor", anchor);
        builder.AddContent(5, text);
        builder.CloseElement();
    };

    /// <summary>Writes a coordinate.</summary>
    /// <param name="coordinate">The coordinate.</param>
    public static string Number(double coordinate) => coordinate.ToString("0.#", CultureInfo.InvariantCulture);
}
