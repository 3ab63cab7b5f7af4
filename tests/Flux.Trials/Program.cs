using System.CommandLine;
using Flux.Trials.Fuzz;

// Ctrl+C cancels; servers and their data are gone before the process is.
var configuration = new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) };
var command = new RootCommand("Tries Flux from outside for as long as you like: a real server, hostile clients, and a judge.") { FuzzCommand.Create() };
return await command.Parse(args).InvokeAsync(configuration);
