using System.CommandLine;
using Flux.Benchmarks;

// Ctrl+C cancels; servers and their data are gone before the process is.
var configuration = new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) };
return await new BenchmarkCommand().Create().Parse(args).InvokeAsync(configuration);
