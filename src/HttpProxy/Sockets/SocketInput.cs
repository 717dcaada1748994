using System.Net.WebSockets;
using System.Text.Json;
using Gateway.Client.Producing;
using Gateway.HttpProxy.Http;
using Gateway.HttpProxy.Produce;
using Gateway.HttpProxy.Records;
using Gateway.HttpProxy.Streams;

namespace Gateway.HttpProxy.Sockets;

/// <summary>
/// Does what a client says on its WebSocket until it closes: gives credit, commits, writes records. Writes go on beside each other, in the order of
/// their messages; a commit, a condition or another acknowledgement waits for what came before it.
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
    private readonly EmbeddedFormat _format = query.Format ?? EmbeddedFormat.Json;

    /// <summary>Why the socket is to be closed, if the client brought it about.</summary>
    internal (WebSocketCloseStatus Status, string Reason)? Refusal { get; private set; }

    /// <summary>Listens until the client closes, breaks the rules, or is gone; the stream is stopped then.</summary>
    internal async Task ListenAsync(CancellationToken cancel)
    {
        try
        {
            await using var answers = new SocketAnswers(call, output, cancel);
            Refusal = await ReceiveAsync(answers, cancel).ConfigureAwait(false);
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

    private async ValueTask<(WebSocketCloseStatus, string)?> ReceiveAsync(SocketAnswers answers, CancellationToken cancel)
    {
        using var messages = new SocketMessages(socket, call.Service.Bodies, call.Service.Options);
        string acks = "all";
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
            // Each acknowledgement has a producer of its own, and between two of them there is no order.
            bool isOther = command is { IsProduce: true, Key: null } && (command.Acks ?? "all") != acks;
            if (isOther) acks = command.Acks ?? "all";
            if (command.IsAlone || isOther) await answers.SettleAsync().ConfigureAwait(false);
            var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Task<PageBuffer> answer = AnswerAsync(messages.Keep(text), command, started, cancel);
            await answers.AddAsync(answer).ConfigureAwait(false);
            // Records have their place before the next message's are looked at; with a key each finds its own.
            if (command.IsAlone) await answer.ConfigureAwait(false);
            else if (command.Key is null) await Task.WhenAny(started.Task, answer).ConfigureAwait(false);
        }
    }

    private async Task<PageBuffer> AnswerAsync(KeptMessage message, SocketCommand command, TaskCompletionSource started, CancellationToken cancel)
    {
        using KeptMessage held = message;
        Action<Utf8JsonWriter> write;
        try
        {
            if (call.Service.Rates.AreLimited) call.Service.Rates.Count(ClientAddress.Of(call.Context));
            write = command.IsProduce
                ? await ProduceAsync(message.Text[command.Produce], command, started).ConfigureAwait(false)
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
            answer.WriteRawValue(message.Text[command.Id].Span, skipInputValidation: true);
        }
        write(answer);
        answer.WriteEndObject();
        return page;
    }

    private async ValueTask<Action<Utf8JsonWriter>> ProduceAsync(ReadOnlyMemory<byte> request, SocketCommand command, TaskCompletionSource started)
    {
        string topic = call.Name("topic");
        ProduceSettings settings = SettingsOf(command);
        RequestKey? known = settings.Key is null ? null
            : IdempotencyKey.Hash(settings.Key, request.Span, topic, EmbeddedFormats.NameOf(_format), $"{settings.IfEndOffset}");
        var produced = await ProduceEndpoints.ProduceAsync(call, topic, request, _format, settings, known, () => started.TrySetResult()).ConfigureAwait(false);
        return json =>
        {
            json.WritePropertyName("produced"u8);
            ProduceAnswer.Write(json, (new ProducedRecords(produced.Results), produced.Key, produced.Value));
            if (produced.WasStored) json.WriteBoolean("replayed"u8, true);
        };
    }

    /// <summary>How a message is to be written: by the rules of requests.</summary>
    /// <exception cref="ProblemException">It says something that cannot be: 400.</exception>
    private static ProduceSettings SettingsOf(SocketCommand command)
    {
        if (command.IfEndOffset < 0) throw new ProblemException(Problem.InvalidParameter, "Member if_end_offset must not be negative.");
        string? key = command.Key is null ? null : IdempotencyKey.Checked(command.Key, "Member key must have");
        return new ProduceSettings(ProduceSettings.AcksOf(command.Acks ?? ""), TimeSpan.Zero, command.IfEndOffset ?? -1, key, SchemaInHeader: false).Checked();
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
