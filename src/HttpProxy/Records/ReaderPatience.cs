using System.IO.Pipelines;
using Gateway.HttpProxy.Http;
using Microsoft.Extensions.Logging;

namespace Gateway.HttpProxy.Records;

/// <summary>
/// Cuts the connection of a client that does not read its answer: until it has, its records hold memory that all doors share. The server's
/// own least rate counts from the answer's start, so that what the kernel took at once is credit for minutes.
/// </summary>
internal sealed class ReaderPatience(ProxyCall call) : IDisposable
{
    private CancellationTokenSource? _stalled;

    public void Dispose() => _stalled?.Dispose();

    /// <summary>Awaits a write, as long as <see cref="ProxyOptions.ReaderStallTimeout"/> allows.</summary>
    internal ValueTask AwaitAsync(ValueTask<FlushResult> write)
    {
        if (!write.IsCompletedSuccessfully) return AwaitAsync(new ValueTask(write.AsTask()));
        _ = write.Result;
        return ValueTask.CompletedTask;
    }

    /// <summary>Awaits a write, as long as <see cref="ProxyOptions.ReaderStallTimeout"/> allows.</summary>
    internal async ValueTask AwaitAsync(ValueTask write)
    {
        if (!write.IsCompleted)
        {
            if (_stalled is null)
            {
                _stalled = new CancellationTokenSource();
                _stalled.Token.Register(Cut);
            }
            _stalled.CancelAfter(call.Service.Options.ReaderStallTimeout);
        }
        await write.ConfigureAwait(false);
        _stalled?.CancelAfter(Timeout.InfiniteTimeSpan);
    }

    private void Cut()
    {
        call.Service.Log.LogInformation(
            "Closing connection from {Remote}: it takes too little of its answer", call.Context.Connection.RemoteIpAddress);
        call.Context.Abort();
    }
}
