using Gateway.Common.Bodies;

namespace Gateway.HttpProxy.Records;

/// <summary>
/// Sends what is large in pieces, since whatever is handed to the connection at once lies there until its client takes it. A client must get on by a part
/// of it in each period: by as little as of a small page it could hold for hours what all readers share.
/// </summary>
internal static class LargePage
{
    private const int PieceBytes = 64 * 1024;
    private const int Parts = 32;

    /// <summary>Sends all of it.</summary>
    /// <param name="page">What; it must stay as it is until the end.</param>
    /// <param name="patience">With its reader.</param>
    /// <param name="write">Sends a piece, which may be the last.</param>
    internal static async ValueTask SendAsync(ReadOnlyMemory<byte> page, ReaderPatience patience, Func<ReadOnlyMemory<byte>, bool, ValueTask> write)
    {
        int due = Math.Max(PieceBytes, page.Length / Parts);
        while (!page.IsEmpty)
        {
            int length = Math.Min(due, page.Length);
            await patience.AwaitAsync(SendPiecesAsync(page[..length], isLast: length == page.Length, write)).ConfigureAwait(false);
            page = page[length..];
        }
    }

    private static async ValueTask SendPiecesAsync(ReadOnlyMemory<byte> part, bool isLast, Func<ReadOnlyMemory<byte>, bool, ValueTask> write)
    {
        while (!part.IsEmpty)
        {
            int length = Math.Min(PieceBytes, part.Length);
            await write(part[..length], isLast && length == part.Length).ConfigureAwait(false);
            part = part[length..];
        }
    }
}
