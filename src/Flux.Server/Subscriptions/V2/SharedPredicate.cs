using Flux.Core.Expressions;

namespace Flux.Server.Subscriptions.V2;

/// <summary>A predicate of some live subscriptions. Each change is judged once for all of them. Under the feed's lock.</summary>
internal sealed class SharedPredicate(Predicate where)
{
    private JudgedChange _last;
    private ChangeKind _kind;

    /// <summary>Gets the text.</summary>
    public string Text => where.Text;

    /// <summary>Gets or sets how many subscriptions have it.</summary>
    public int Count { get; set; }

    /// <summary>Says what a change is to them.</summary>
    public ChangeKind Judge(JudgedChange change)
    {
        if (_last.Recorded != change.Recorded)
        {
            _kind = Subscription.Judge(where, change);
            _last = change;
        }

        return _kind;
    }
}
