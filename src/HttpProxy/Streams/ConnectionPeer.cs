using Gateway.Common.Bodies;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Gateway.HttpProxy.Streams;

/// <summary>The client of a stream whose request is over.</summary>
internal sealed class ConnectionPeer(ConnectionContext connection, ProxyService service) : IStreamPeer
{
    public ProxyService Service { get; } = service;

    public CancellationToken Cancel => connection.ConnectionClosed;

    TimeSpan IAnswerReader.StallTimeout => Service.Options.ReaderStallTimeout;

    TimeProvider IAnswerReader.Time => TimeProvider.System;

    void IAnswerReader.Cut()
    {
        Service.Log.LogInformation("Closing connection from {Remote}: it takes too little of its answer", connection.RemoteEndPoint);
        connection.Abort(new ConnectionAbortedException("The client takes too little of its answer."));
    }

    /// <summary>Ends the connection when the client has taken all that was written, as long as that is given.</summary>
    internal async ValueTask CloseAsync()
    {
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration registration = Cancel.UnsafeRegister(static closed => ((TaskCompletionSource)closed!).SetResult(), closed);
        // The transport sends what is left, and closes.
        await connection.Transport.Output.CompleteAsync().ConfigureAwait(false);
        using var patience = new ReaderPatience(this);
        await patience.AwaitAsync(new ValueTask(closed.Task)).ConfigureAwait(false);
    }
}
