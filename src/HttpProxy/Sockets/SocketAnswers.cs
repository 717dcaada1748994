using System.Net.WebSockets;
using System.Threading.Channels;
using Gateway.Common.Bodies;
using Gateway.HttpProxy.Http;
using Gateway.HttpProxy.Records;

namespace Gateway.HttpProxy.Sockets;

/// <summary>
/// The answers to a client's messages: sent in the order of the messages, however many of them are under way, which are so many and no more.
/// </summary>
internal sealed class SocketAnswers : IAsyncDisposable
{
    /// <summary>Messages under way, beside the one that is waited for.</summary>
    internal const int MostUnderWay = 16;

    private readonly Channel<Task<PageBuffer>> _due =
        Channel.CreateBounded<Task<PageBuffer>>(new BoundedChannelOptions(MostUnderWay) { SingleReader = true, SingleWriter = true });

    private readonly List<Task> _underWay = [];
    private readonly Task _sending;

    /// <param name="call">The request that opened the socket.</param>
    /// <param name="output">Where they go.</param>
    /// <param name="cancel">Nobody takes answers any more.</param>
    internal SocketAnswers(ProxyCall call, SocketOutput output, CancellationToken cancel) => _sending = SendAsync(call, output, cancel);

    /// <summary>Puts an answer behind those that are due; waits while there are too many.</summary>
    internal ValueTask AddAsync(Task<PageBuffer> answer)
    {
        _underWay.RemoveAll(static earlier => earlier.IsCompleted);
        _underWay.Add(answer);
        return _due.Writer.WriteAsync(answer);
    }

    /// <summary>Waits until everything that was asked for is done, answered or not.</summary>
    internal Task SettleAsync() => Task.WhenAll(_underWay);

    /// <summary>Ends when the last answer has left, or nobody takes it.</summary>
    public async ValueTask DisposeAsync()
    {
        _due.Writer.TryComplete();
        await _sending.ConfigureAwait(false);
    }

    private async Task SendAsync(ProxyCall call, SocketOutput output, CancellationToken cancel)
    {
        using var patience = new ReaderPatience(call);
        bool isGone = false;
        try
        {
            await foreach (Task<PageBuffer> due in _due.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
            {
                using PageBuffer answer = await due.ConfigureAwait(false);
                if (isGone) continue;
                try
                {
                    await output.AnswerAsync(answer.Written, patience, cancel).ConfigureAwait(false);
                }
                catch (Exception failure) when (failure is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
                {
                    // What is under way goes on to its end all the same.
                    isGone = true;
                }
            }
        }
        catch (Exception failure)
        {
            // A fault of this proxy: whoever adds is not to wait for ever.
            _due.Writer.TryComplete(failure);
            throw;
        }
    }
}
