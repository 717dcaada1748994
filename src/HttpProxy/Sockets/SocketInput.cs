using System.Net.WebSockets;
using System.Text.Json;
using Gateway.Common.Bodies;
using Gateway.HttpProxy.Http;
using Gateway.HttpProxy.Produce;
using Gateway.HttpProxy.Records;
using Gateway.HttpProxy.Streams;

namespace Gateway.HttpProxy.Sockets;

/// <summary>
/// Does what a client says on its WebSocket, one message after another, until it closes: gives credit, commits, writes records. Each commit and
/// produce is answered before the next message is read.
/// </summary>
/// <param name="call">The request that opened the socket.</param>
/// <param name="socket">The socket.</param>
/// <param name="output">Where answers go, and credit.</param>
/// <param name="signal">Stops the stream.</param>
/// <param name="query">In which format keys and values of records to write stand.</param>
/// <param name="member">Commits; null where the stream is no member of a group.</param>
internal sealed class SocketInput(
    ProxyCall call, WebSocket socket, SocketOutput output, StreamSignal signal, StreamQuery query, StreamMembership? member)
{
    /// <summary>Why the socket is to be closed, if the client brought it about.</summary>
    internal (WebSocketCloseStatus Status, string Reason)? Refusal { get; private set; }

    /// <summary>Listens until the client closes, breaks the rules, or is gone; the stream is stopped then.</summary>
    internal async Task ListenAsync(CancellationToken cancel)
    {
        try
        {
            Refusal = await ReceiveAsync(cancel).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            // Gone without a word; whoever sends finds out as well.
        }
        finally
        {
            signal.Raise(StreamEvents.Stop);
        }
    }

    private async ValueTask<(WebSocketCloseStatus, string)?> ReceiveAsync(CancellationToken cancel)
    {
        using var messages = new SocketMessages(socket, call.Service.Bodies, call.Service.Options);
        using var patience = new ReaderPatience(call);
        while (true)
        {
            SocketMessage message = await messages.NextAsync(cancel).ConfigureAwait(false);
            if (message.Text is not { } text) return message.Refusal;
            if (SocketCommand.Read(text.Span) is not { } command) return (WebSocketCloseStatus.InvalidPayloadData, SocketCommand.Usage);
            if (command.Credit > 0)
            {
                output.Grant(command.Credit);
                continue;
            }
            using PageBuffer answer = await AnswerAsync(text, command, cancel).ConfigureAwait(false);
            await patience.AwaitAsync(output.AnswerAsync(answer.Written, cancel)).ConfigureAwait(false);
        }
    }

    private async ValueTask<PageBuffer> AnswerAsync(ReadOnlyMemory<byte> text, SocketCommand command, CancellationToken cancel)
    {
        Action<Utf8JsonWriter> write;
        try
        {
            if (call.Service.Rates.AreLimited) call.Service.Rates.Count(ClientAddress.Of(call.Context));
            write = command.IsProduce
                ? await ProduceAsync(text[command.Produce]).ConfigureAwait(false)
                : await CommitAsync(command.Commit!, cancel).ConfigureAwait(false);
        }
        catch (Exception failure) when (ProxyRoute.ProblemOf(failure) is { } problem)
        {
            write = json => Problem.WriteMembers(json, problem);
        }
        var page = new PageBuffer();
        using var answer = new Utf8JsonWriter(page, RecordJson.Readable);
        answer.WriteStartObject();
        if (!command.Id.Equals(default))
        {
            answer.WritePropertyName("id"u8);
            answer.WriteRawValue(text[command.Id].Span, skipInputValidation: true);
        }
        write(answer);
        answer.WriteEndObject();
        return page;
    }

    private async ValueTask<Action<Utf8JsonWriter>> ProduceAsync(ReadOnlyMemory<byte> request)
    {
        var produced = await ProduceEndpoints.ProduceAsync(
            call, call.Name("topic"), request, query.Format ?? EmbeddedFormat.Json).ConfigureAwait(false);
        return json =>
        {
            json.WritePropertyName("produced"u8);
            ProduceAnswer.Write(json, produced);
        };
    }

    private async ValueTask<Action<Utf8JsonWriter>> CommitAsync(string text, CancellationToken cancel)
    {
        if (member is null) throw new ProblemException(Problem.IllegalState, "The stream is no member of a group: open it with group.");
        StreamCursor cursor = StreamCursor.Read(text);
        if (cursor.TopicId != member.TopicId) throw new ProblemException(Problem.InvalidParameter, "The cursor is of another topic.");
        IReadOnlyCollection<int> committed = await member.CommitAsync(cursor, cancel).ConfigureAwait(false);
        StreamCommit.RequireAll([.. cursor.Offsets.Keys.Except(committed)]);
        return json => json.WriteString("committed"u8, text);
    }
}
