using Flux.Core.Expressions;
using Flux.Server.Hosting;

namespace Flux.Server.Subscriptions.V2;

/// <summary>A client's predicate is none: the answer says where.</summary>
internal sealed class InvalidExpressionException(ExpressionException error)
    : RequestRefusedException(StatusCodes.Status400BadRequest, ErrorCodes.InvalidExpression, $"where: {error.Message}")
{
    /// <summary>Gets the line, from 1.</summary>
    public int Line { get; } = error.Line;

    /// <summary>Gets the column, from 1.</summary>
    public int Column { get; } = error.Column;
}
