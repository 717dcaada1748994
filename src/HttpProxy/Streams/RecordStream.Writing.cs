using Gateway.Common.Bodies;
using Gateway.Common.Buffers;
using Gateway.HttpProxy.Records;

namespace Gateway.HttpProxy.Streams;

/// <content>From records that were read to what its client gets, a slice at a time.</content>
internal sealed partial class RecordStream
{
    /// <summary>
    /// Sends the records of a read from the position on; true when all were sent. It stops where the client does not keep up: what waits for a
    /// slow reader waits in the log, not here.
    /// </summary>
    private async ValueTask<bool> WriteAsync(StreamPosition position, ReadOnlyMemory<byte> batches)
    {
        if (_isUnread) return false;
        RecordReading reading = position.TakeReading(peer.Service.ReaderMemory);
        try
        {
            bool isAll = await WriteAsync(position, batches, reading).ConfigureAwait(false);
            if (reading.IsKept) position.Keep(reading);
            else reading.Dispose();
            return isAll;
        }
        catch (MemoryRefusedException refused) when (!refused.IsForGood)
        {
            position.KeepRefused(reading);
            return false;
        }
        catch
        {
            reading.Dispose();
            throw;
        }
    }

    private async ValueTask<bool> WriteAsync(StreamPosition position, ReadOnlyMemory<byte> batches, RecordReading reading)
    {
        Turns turns = peer.Service.Turns;
        using var slices = new RecordSlices(topic, _positions, query, output.Framing, reading);
        if (slices.NeedsSchemas)
        {
            await reading.Schemas.LoadAsync(
                peer.Service.Schemas, batches, position.Offset, position.End, reading, turns, peer.Cancel).ConfigureAwait(false);
        }
        if (RenderSlice(position, batches, slices) is { } first) return first;
        while (true)
        {
            // What goes on for long is not to be in the way of what is done at once.
            using Turn turn = await turns.TakeAsync(peer.Cancel).ConfigureAwait(false);
            if (RenderSlice(position, batches, slices) is { } isAll) return isAll;
        }
    }

    /// <summary>Sends one slice; whether that was all, or null when there is more and the client takes it.</summary>
    private bool? RenderSlice(StreamPosition position, ReadOnlyMemory<byte> batches, RecordSlices slices)
    {
        long room = Math.Min(_left, output.Room);
        long left = room;
        bool isAll = slices.Render(batches, position, SliceBytes, ref left);
        _left -= room - left;
        output.Take(room - left);
        if (slices.Page.Length > PageBuffer.Ungranted) SendLarge(slices.TakePage());
        else if (slices.Page.Length > 0) Send(slices.Page);
        if (left == 0) return false;
        return isAll || _isUnread ? isAll : null;
    }

    private void StepAside()
    {
        foreach (StreamPosition position in _positions) position.StepAside();
    }

    private async ValueTask SendAsync(Action<PageBuffer, RecordStream> write)
    {
        await AwaitReaderAsync().ConfigureAwait(false);
        using var page = new PageBuffer();
        write(page, this);
        Send(page);
    }

    private void Send(PageBuffer page)
    {
        place.LastSent = peer.Service.Streams.Now;
        ValueTask write = output.SendAsync(page.Written, peer.Cancel);
        page.Reset(Array.MaxLength);
        if (write.IsCompletedSuccessfully) write.GetAwaiter().GetResult();
        else (_unread, _isUnread) = (write, true);
    }

    private void SendLarge(PageBuffer page)
    {
        place.LastSent = peer.Service.Streams.Now;
        (_unread, _isUnread, _isUnreadLarge) = (SendAndDropAsync(), true, true);

        async ValueTask SendAndDropAsync()
        {
            using (page)
            {
                using var patience = new ReaderPatience(peer);
                await output.SendLargeAsync(page.Written, patience, peer.Cancel).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Waits for a client that has not taken what it was sent, as long as it is given.</summary>
    private async ValueTask AwaitReaderAsync()
    {
        if (!_isUnread) return;
        _isUnread = false;
        if (!_unread.IsCompleted) StepAside();
        if (_isUnreadLarge)
        {
            _isUnreadLarge = false;
            await _unread.ConfigureAwait(false);
            return;
        }
        using var patience = new ReaderPatience(peer);
        await patience.AwaitAsync(_unread).ConfigureAwait(false);
    }
}
