using Flux.Core.Log;

namespace Flux.EventLog.PostgreSql;

/// <summary>The other silos have declared this one dead, so it can store nothing any more. Its process has to end and start anew.</summary>
[GenerateSerializer, Alias("flux.writer-fenced")]
public sealed class WriterFencedException() : EventLogUnavailableException("this silo was declared dead by the others and takes no events");
