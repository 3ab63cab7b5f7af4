namespace Flux.Testing.History;

/// <summary>A row of the log with what it means and where it stands.</summary>
internal sealed class Row(RowRecord record, PayloadMeaning meaning, int line)
{
    public RowRecord Record => record;

    public PayloadMeaning Meaning => meaning;

    public HistoryLine Line => new(HistoryFiles.Log, line);

    /// <summary>When the first request was sent that explains this row; 0 when none is known.</summary>
    public long FirstSent { get; set; }

    /// <summary>Whether only refused requests, or none, explain this row.</summary>
    public bool IsPhantom { get; set; }

    /// <summary>How many frames the row pushes: the number of its properties, 1 for a real deletion. Set by the fold.</summary>
    public int Pushes { get; set; }

    /// <summary>Whether its one frame is <c>entity_deleted</c>.</summary>
    public bool PushesDeletion => Pushes > 0 && meaning.IsDeletion;

    public override string ToString() =>
        $"row {record.Position} ({(record.Entity is null ? "no entity" : $"{record.Entity} v{record.Version}")}, event {record.EventId})";
}
