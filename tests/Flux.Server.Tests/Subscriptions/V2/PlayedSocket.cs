using System.Text.Json;
using Flux.Server.Subscriptions;

namespace Flux.Server.Tests.Subscriptions.V2;

/// <summary>A socket of a played script: its client reads, or does not.</summary>
internal sealed class PlayedSocket : IDisposable
{
    private readonly GatedStream _stream = new();
    private bool _isStalled;

    public PlayedSocket(Connection connection)
    {
        Connection = connection;
        Connection.OnOpened(reason => CloseText = reason.Text);
        Connection.Outbox.Open(_stream);
    }

    public Connection Connection { get; }

    /// <summary>Gets with which text it would have been closed; null when it would not.</summary>
    public string? CloseText { get; private set; }

    public long Writes => _stream.Writes;

    public void Stall()
    {
        if (!_isStalled)
        {
            _isStalled = true;
            _stream.Shut();
        }
    }

    public void Read()
    {
        if (_isStalled)
        {
            _isStalled = false;
            _stream.Open();
        }
    }

    public void Dispose()
    {
        Connection.Dispose();
        _stream.Dispose();
    }

    /// <summary>Gives the frames of one subscription that have come so far.</summary>
    public List<JsonElement> Received(string sub) =>
        [.. Frames.Read(_stream.Written()).Where(frame => frame.GetProperty("sub").GetString() == sub)];
}
