using System.CommandLine;
using Flux.Benchmarks;

// Answers and frames are taken on the thread that waits for all sockets: one hop less per message, and far less CPU beside the server's.
// Read once, before the first socket; servers started from here do not get them.
Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT", "1");

// Ctrl+C cancels; servers and their data are gone before the process is.
var configuration = new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) };
return await new BenchmarkCommand().Create().Parse(args).InvokeAsync(configuration);
