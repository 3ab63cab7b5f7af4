using System.Text.Json;

namespace Flux.Client;

/// <summary>How a replay stands, so that another connection takes it up as it was.</summary>
internal sealed class ReplayState(ReplayRequest request)
{
    private readonly Lock _gate = new(); // the application says what it wants, and the receiving loop what became of it
    private bool _isPaused = request.IsPaused;
    private double? _speed = request.Speed;
    private ReplayPlace? _wanted; // where the application wants to be; null when it is there
    private int _seeks;           // that were sent on this connection and are not answered
    private long? _end;           // what the end of the log was at the beginning

    /// <summary>Gets a value indicating whether it is a live subscription now.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Gets a value indicating whether the application wants it to stop.</summary>
    public bool IsStopping { get; private set; }

    /// <summary>Gets a value indicating whether it becomes one.</summary>
    public bool GoesLive => request.GoesLive;

    /// <summary>Makes the message that pauses it.</summary>
    public byte[] Pause(string name)
    {
        lock (_gate)
        {
            _isPaused = true;
            return Message("pause", name, static _ => { });
        }
    }

    /// <summary>Makes the message that lets it go on.</summary>
    public byte[] Resume(string name)
    {
        lock (_gate)
        {
            _isPaused = false;
            return Message("resume", name, static _ => { });
        }
    }

    /// <summary>Makes the message that changes its speed.</summary>
    public byte[] ChangeSpeed(string name, double? speed)
    {
        lock (_gate)
        {
            _speed = speed;
            return Message("speed", name, json => ReplayRequest.WriteSpeed(json, speed));
        }
    }

    /// <summary>Makes the message that moves it.</summary>
    public byte[] Seek(string name, ReplayPlace place)
    {
        lock (_gate)
        {
            _wanted = place;
            _seeks++;
            return Message("seek", name, json => place.Write(json, "from"));
        }
    }

    /// <summary>Makes the message that stops it.</summary>
    public byte[] Stop(string name)
    {
        IsStopping = true;
        return Message("stop", name, static _ => { });
    }

    /// <summary>Makes the message that begins it, or takes it up.</summary>
    /// <param name="name">The name of the subscription.</param>
    /// <param name="about">What it shares with a subscription.</param>
    /// <param name="resumeAfter">The last cursor that was received; null when there is none.</param>
    public byte[] Begin(string name, SubscriptionRequest about, string? resumeAfter)
    {
        lock (_gate)
        {
            _seeks = 0; // this message stands for them
            var from = _wanted ?? (resumeAfter is null ? request.From : ReplayPlace.AfterCursor(resumeAfter));
            return Message("replay", name, json =>
            {
                about.WriteScope(json);
                from.Write(json, "from");
                if (request.GoesLive)
                {
                    json.WriteString("to", "live");
                }
                else if ((request.To ?? (_end is { } end ? ReplayPlace.AfterPosition(end) : null)) is { } to)
                {
                    to.Write(json, "to");
                }

                ReplayRequest.WriteSpeed(json, _speed);
                if (request.MaxIdle is { } idle)
                {
                    json.WriteNumber("max_idle", idle.TotalSeconds);
                }

                json.WriteBoolean("paused", _isPaused);
                about.WriteManner(json);
            });
        }
    }

    /// <summary>Takes note of an answer.</summary>
    /// <param name="message">What was answered.</param>
    /// <param name="end">The last position; null when it goes live, or was refused.</param>
    public void OnAnswered(string? message, long? end)
    {
        lock (_gate)
        {
            _end ??= end;
            _seeks -= message is "seek" ? 1 : 0;
            if (message is "seek" or "replay" && _seeks <= 0)
            {
                _wanted = null;
            }
        }
    }

    /// <summary>Takes note that everything was sent.</summary>
    public void OnReplayed() => IsOver = true;

    private static byte[] Message(string type, string name, Action<Utf8JsonWriter> members)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("type", type);
            json.WriteString("sub", name);
            members(json);
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }
}
