using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace Gateway.HttpProxy.Handover;

/// <summary>
/// What a client sends behind a request that was told to be the connection's last. It is read, or nobody would notice that the client has gone,
/// and thrown away; more than a little cuts the connection.
/// </summary>
internal static class TrailingInput
{
    /// <summary>So much is put up with: a second request that was sent before the answer to the first.</summary>
    internal const int MaxBytes = 64 * 1024;

    /// <summary>Ends when the client has sent everything, too much, or its pending read is cancelled.</summary>
    internal static async Task DiscardAsync(ConnectionContext connection)
    {
        PipeReader input = connection.Transport.Input;
        long discarded = 0;
        try
        {
            while (true)
            {
                ReadResult read = await input.ReadAsync().ConfigureAwait(false);
                discarded += read.Buffer.Length;
                input.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted || read.IsCanceled) return;
                if (discarded <= MaxBytes) continue;
                connection.Abort(new ConnectionAbortedException("The client sends on behind the last request of its connection."));
                return;
            }
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException)
        {
            // The connection is cut, which is told to those who use it.
        }
    }
}
