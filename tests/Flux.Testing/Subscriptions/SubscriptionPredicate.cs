namespace Flux.Testing.Subscriptions;

/// <summary>A predicate twice: the text that the server gets, and what it means, written down independently.</summary>
internal sealed class SubscriptionPredicate
{
    private readonly Func<string, PropertyView, bool>? _state;
    private readonly Func<ChangeView, bool>? _change;

    private SubscriptionPredicate(string text, Func<string, PropertyView, bool>? state, Func<ChangeView, bool>? change) =>
        (Text, _state, _change) = (text, state, change);

    /// <summary>Gets the expression.</summary>
    public string Text { get; }

    /// <summary>Gets a value indicating whether it is about the state of an entity, so that its subscription says enter and leave.</summary>
    public bool IsOverState => _state is not null;

    /// <summary>A predicate about the state: its text mentions <c>properties</c> and, besides, only <c>entity</c>.</summary>
    public static SubscriptionPredicate OverState(string text, Func<string, PropertyView, bool> holds) => new(text, holds, change: null);

    /// <summary>A predicate about each change by itself.</summary>
    public static SubscriptionPredicate OverChange(string text, Func<ChangeView, bool> holds) => new(text, state: null, holds);

    public bool HoldsFor(string entity, PropertyView state) => _state!(entity, state);

    public bool HoldsFor(ChangeView change) => _change!(change);
}
