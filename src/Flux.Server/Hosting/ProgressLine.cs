using System.Globalization;
using Flux.EventLog;

namespace Flux.Server.Hosting;

/// <summary>The line that says how far a long command is: a bar, the part, the number, the rate and the time left.</summary>
internal static class ProgressLine
{
    private const int Width = 24;

    /// <summary>Writes the line.</summary>
    /// <param name="command">The command.</param>
    /// <param name="progress">How far it is.</param>
    /// <param name="done">How many were done in the time.</param>
    /// <param name="elapsed">The time.</param>
    public static string Format(string command, LogProgress progress, long done, TimeSpan elapsed)
    {
        var part = progress.Total > 0 ? Math.Clamp((double)progress.Done / progress.Total, 0, 1) : 1;
        var filled = (int)(part * Width);
        var bar = new string('#', filled) + new string('-', Width - filled);
        var line = string.Create(CultureInfo.InvariantCulture, $"{command} [{bar}] {(int)(part * 100),3} %");
        line += string.Create(CultureInfo.InvariantCulture, $"  {progress.Done:N0} of {progress.Total:N0} {progress.What}");
        if (done <= 0 || elapsed <= TimeSpan.Zero)
        {
            return line;
        }

        var rate = done / elapsed.TotalSeconds;
        line += string.Create(CultureInfo.InvariantCulture, $", {rate:N0}/s");
        return progress.Done < progress.Total ? $"{line}, {TimeLeft((progress.Total - progress.Done) / rate)} left" : line;
    }

    private static string TimeLeft(double seconds) => TimeSpan.FromSeconds(Math.Min(seconds, TimeSpan.FromDays(99).TotalSeconds)) is var left && left.TotalHours >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{(int)left.TotalHours} h {left.Minutes:00} min")
        : string.Create(CultureInfo.InvariantCulture, $"{left.Minutes}:{left.Seconds:00}");
}
