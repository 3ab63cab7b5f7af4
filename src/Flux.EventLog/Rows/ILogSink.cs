using Flux.Core.Log;

namespace Flux.EventLog.Rows;

/// <summary>An empty log that is filled from another one, in order. Without <see cref="Finish"/> it stays empty.</summary>
internal interface ILogSink : IDisposable
{
    /// <summary>Adds the next commit, which was checked.</summary>
    void Add(LogCommit commit);

    /// <summary>Ends the log; it is on stable storage afterwards.</summary>
    void Finish(LogHead head);
}
