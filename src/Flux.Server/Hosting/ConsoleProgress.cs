using Flux.EventLog;

namespace Flux.Server.Hosting;

/// <summary>Shows how far a long command is: one line that is written over, on a terminal only. Disposing it ends the line.</summary>
internal sealed class ConsoleProgress(string command, TimeProvider time) : IProgress<LogProgress>, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(0.2);

    private string? _what;
    private long _started;
    private long _shown;
    private long _doneAtStart;
    private int _length;

    public void Report(LogProgress value)
    {
        if (Console.IsErrorRedirected)
        {
            return;
        }

        var now = time.GetTimestamp();
        if (!string.Equals(_what, value.What, StringComparison.Ordinal))
        {
            EndLine();
            (_what, _started, _doneAtStart) = (value.What, now, value.Done);
        }
        else if (time.GetElapsedTime(_shown, now) < Interval && value.Done < value.Total)
        {
            return;
        }

        _shown = now;
        Show(ProgressLine.Format(command, value, value.Done - _doneAtStart, time.GetElapsedTime(_started, now)));
    }

    public void Dispose() => EndLine();

    private void Show(string line)
    {
        Console.Error.Write("\r" + line.PadRight(_length));
        _length = line.Length;
    }

    private void EndLine()
    {
        if (_length > 0)
        {
            Console.Error.WriteLine();
            _length = 0;
        }
    }
}
