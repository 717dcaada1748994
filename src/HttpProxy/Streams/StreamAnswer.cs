using Gateway.Client.Topology;
using Gateway.Common.Bodies;
using Gateway.HttpProxy.Handover;
using Gateway.HttpProxy.Http;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Gateway.HttpProxy.Streams;

/// <summary>
/// A stream with everything it has taken: its place among all, its membership. It runs within its request or on the connection that the request
/// has left to it, and gives everything back at its end.
/// </summary>
internal sealed class StreamAnswer(ProxyService service, OpenStream place, StreamQuery query, StreamFraming framing, bool isPacked)
    : IConnectionSuccessor, IAsyncDisposable
{
    private TopicView _topic = null!;
    private StreamMembership? _member;
    private StreamPosition[] _positions = [];

    /// <summary>Finds where it begins, so that whatever is wrong is told before it does.</summary>
    /// <exception cref="ProblemException">There is no such place.</exception>
    internal async ValueTask FindAsync(ProxyCall call, TopicView topic)
    {
        // Who leads what is the client's to know: of a topic with many partitions it would be the most that a stream at rest holds.
        _topic = topic with { Partitions = [] };
        _member = await StreamMembership.JoinAsync(call, _topic, query, place.Signal).ConfigureAwait(false);
        if (_member is null) _positions = await StreamStart.FindAsync(call, topic, query).ConfigureAwait(false);
    }

    /// <summary>Runs to the end.</summary>
    internal ValueTask RunAsync(IStreamPeer peer, IStreamOutput output) =>
        isPacked ? RunPackedAsync(peer, new GzipOutput(output)) : StreamOf(peer, output).RunAsync();

    async Task IConnectionSuccessor.RunAsync(ConnectionContext connection)
    {
        var peer = new ConnectionPeer(connection, service);
        var output = new ChunkedOutput(connection.Transport.Output, framing);
        Task trailing = TrailingInput.DiscardAsync(connection);
        try
        {
            // Its place is free before the client hears of the end.
            await using (this.ConfigureAwait(false)) await RunAsync(peer, output).ConfigureAwait(false);
            output.End();
            await peer.CloseAsync().ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            // Half an answer is cut, so that the client does not take it for a whole one. If the client has gone, there is nobody to hear of it.
            if (!peer.Cancel.IsCancellationRequested) service.Log.LogWarning(failure, "A stream of {Topic} failed in the middle of its answer", _topic.Name);
            connection.Abort(new ConnectionAbortedException("The stream failed."));
        }
        finally
        {
            connection.Transport.Input.CancelPendingRead();
            await trailing.ConfigureAwait(false);
        }
    }

    private RecordStream StreamOf(IStreamPeer peer, IStreamOutput output) =>
        new(peer, _topic, _positions, query, PacedOutput.Of(output, query, peer.Service, place.Signal), place, _member);

    private async ValueTask RunPackedAsync(IStreamPeer peer, GzipOutput output)
    {
        await StreamOf(peer, output).RunAsync().ConfigureAwait(false);
        using var patience = new ReaderPatience(peer);
        await patience.AwaitAsync(output.EndAsync(peer.Cancel)).ConfigureAwait(false);
    }

    /// <summary>Gives back what it has.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_member is not null) await _member.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            service.Streams.Leave(place);
        }
    }
}
