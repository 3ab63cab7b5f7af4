using Flux.Core.Log;
using Flux.Grains;
using Flux.Grains.Namespaces;

namespace Flux.Server.Namespaces;

/// <summary>Tells namespaces on which days their tokens were used, off the way of the requests, so that owners see which are idle.</summary>
internal sealed partial class TokenUseRecorder(TokenUses uses, IGrainFactory grains, ILogger<TokenUseRecorder> logger) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var use in uses.Waiting.ReadAllAsync(stoppingToken))
        {
            try
            {
                await grains.GetGrain<INamespaceGrain>(use.Namespace).NoteUseAsync(use.TokenId, use.Day);
            }
            catch (Exception e) when (e is EventLogUnavailableException or AppendOutcomeUnknownException || GrainCall.HasNoAnswer(e))
            {
                LogNotRecorded(e, use.TokenId, use.Namespace);
                uses.Forget(use);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(e, use.TokenId, use.Namespace); // no use of it is tried again today
            }
        }
    }

    [LoggerMessage(LogLevel.Debug, "That the token {TokenId} of {Namespace} was used today could not be recorded; its next use will be")]
    private partial void LogNotRecorded(Exception exception, string tokenId, string @namespace);

    [LoggerMessage(LogLevel.Error, "That the token {TokenId} of {Namespace} was used today cannot be recorded")]
    private partial void LogFailed(Exception exception, string tokenId, string @namespace);
}
