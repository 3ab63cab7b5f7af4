using System.Globalization;

namespace Flux.Server.Hosting;

/// <summary>Shows how far a long command is: one line that is written over, on a terminal only.</summary>
internal sealed class ConsoleProgress(string what) : IProgress<double>
{
    private int _shown = -1;

    public void Report(double value)
    {
        var percent = (int)(value * 100);
        if (percent == _shown || Console.IsErrorRedirected)
        {
            return;
        }

        _shown = percent;
        Console.Error.Write(string.Create(CultureInfo.InvariantCulture, $"\r{what} {percent} %"));
        if (percent >= 100)
        {
            Console.Error.WriteLine();
        }
    }
}
