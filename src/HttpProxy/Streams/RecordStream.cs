using Gateway.Client;
using Gateway.Client.Fetching;
using Gateway.Client.Topology;
using Gateway.Common.Bodies;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Common.Records;
using Gateway.HttpProxy.Http;
using Gateway.HttpProxy.Records;
using Gateway.HttpProxy.Topics;

namespace Gateway.HttpProxy.Streams;

/// <summary>
/// One stream of records under way: reads what is there, waits at the tails for more, and goes on until its end, its client's or the server's.
/// At rest it holds its positions and its place in the tails, nothing else.
/// </summary>
internal sealed partial class RecordStream(
    IStreamPeer peer, TopicView topic, StreamPosition[] positions, StreamQuery query, IStreamOutput output, OpenStream place, StreamMembership? membership = null)
{
    /// <summary>What one read brings; a first batch that is larger comes whole.</summary>
    internal const int ReadBytes = 128 * 1024;

    // What is rendered between two looks at whether the client takes it.
    private const int SliceBytes = 32 * 1024;

    // Looks without a record, although there should be one, after which a stream rests a little before the next: compaction, or a log that goes.
    private const int MostFruitless = 3;

    // And after which a stream that has an end believes that nothing lies in front of it: some five seconds.
    private const int FruitlessAtEnd = 10;

    private readonly StreamTails _tails = peer.Service.Tails;
    private readonly List<StreamDelivery> _deliveries = [];
    private readonly StreamLag? _lag = query.LagInterval > TimeSpan.Zero ? new StreamLag(peer, topic, query, place) : null;
    private StreamPosition[] _positions = positions;
    private bool _hasShare = membership is null;
    private ValueTask _unread;
    private bool _isUnread;
    private bool _isUnreadLarge;
    private long _left = query.MaxRecords;
    private int _fruitless;

    /// <summary>Everything that was asked for has been sent.</summary>
    internal bool IsOver => _left == 0 || (_hasShare && query.HasEnd && Array.TrueForAll(_positions, static position => position.IsDone));

    /// <summary>Runs the stream to its end.</summary>
    /// <exception cref="OperationCanceledException">The client has gone.</exception>
    internal async ValueTask RunAsync()
    {
        // The partitions of a group are its own business; an end is where it was when the stream began.
        bool isGrowing = membership is null && query is { Partitions: null, HasEnd: false };
        using CancellationTokenRegistration gone = peer.Cancel.UnsafeRegister(
            static signal => ((StreamSignal)signal!).Raise(StreamEvents.Stop), place.Signal);
        try
        {
            await SendAsync((page, self) => StreamFrames.WriteStart(page, self.Framing, self.TopicId, self.Positions)).ConfigureAwait(false);
            while (!IsOver)
            {
                StreamEvents events = place.Signal.Take(_deliveries);
                await DeliverAsync().ConfigureAwait(false);
                await AwaitReaderAsync().ConfigureAwait(false);
                if (membership is not null) await membership.ReachedAsync(_positions, peer.Cancel).ConfigureAwait(false);
                if (events.HasFlag(StreamEvents.Stop)) return;
                if (events.HasFlag(StreamEvents.Share)) await ShareAsync(membership!).ConfigureAwait(false);
                bool hasToldLag = _lag is not null && await TellLagAsync(_lag, events).ConfigureAwait(false);
                if (events.HasFlag(StreamEvents.Heartbeat) && !hasToldLag)
                    await SendAsync((page, self) => StreamFrames.WriteHeartbeat(page, self.Framing, self.TopicId, self.Positions)).ConfigureAwait(false);
                if (events.HasFlag(StreamEvents.Look) && isGrowing) await LookAsync().ConfigureAwait(false);
                bool hasMore = await ReadAsync().ConfigureAwait(false);
                await AwaitReaderAsync().ConfigureAwait(false);
                if (!hasMore && !IsOver) await place.Signal.WaitAsync().ConfigureAwait(false);
            }
            if (membership is not null) await membership.ReachedAsync(_positions, peer.Cancel).ConfigureAwait(false);
        }
        catch (KafkaErrorException failure) when (membership is not null)
        {
            Problem problem = KafkaProblems.Of(failure.Code, failure.Message);
            await SendAsync((page, self) => StreamFrames.WriteError(page, self.Framing, problem)).ConfigureAwait(false);
            await AwaitReaderAsync().ConfigureAwait(false);
        }
        catch (ProblemException failure)
        {
            await SendAsync((page, self) => StreamFrames.WriteError(page, self.Framing, failure.Problem)).ConfigureAwait(false);
            await AwaitReaderAsync().ConfigureAwait(false);
        }
        finally
        {
            LeavePositions();
            place.Signal.Close();
            ReleaseDeliveries();
            (output as IDisposable)?.Dispose();
        }
    }

    private StreamFraming Framing => output.Framing;

    private Guid TopicId => topic.Id;

    private void LeavePositions()
    {
        foreach (StreamPosition position in _positions)
        {
            if (position.IsWaiting) _tails.Forget(TailOf(position), place.Signal);
            position.DropReading();
        }
    }

    private ReadOnlySpan<StreamPosition> Positions => _positions;

    private TopicPartition NameOf(StreamPosition position) => new(topic.Name, position.Partition);

    private TailKey TailOf(StreamPosition position) => new(topic.Id, NameOf(position), query.Isolation);

    /// <summary>Takes in partitions that the topic was given meanwhile, from their first record on.</summary>
    private async ValueTask LookAsync()
    {
        TopicView? now = (await peer.Service.Client.FindTopicAsync(topic.Name, peer.Cancel).ConfigureAwait(false)).Topic;
        if (now?.Id != topic.Id) return;
        int[] more = [.. Enumerable.Range(0, Math.Min(now.Partitions.Length, StreamStart.MaxPartitions)).Except(_positions.Select(static position => position.Partition))];
        if (more.Length > 0)
            _positions = [.. _positions, .. await StreamStart.FindAsync(peer, topic, query, more, StreamFrom.Earliest).ConfigureAwait(false)];
    }

    /// <summary>Says how far behind the stream is, if it is time and there is something new to say.</summary>
    private async ValueTask<bool> TellLagAsync(StreamLag lag, StreamEvents events)
    {
        if (!_hasShare || !(lag.IsNew || events.HasFlag(StreamEvents.Lag)) || !await lag.LookAsync(_positions).ConfigureAwait(false)) return false;
        await SendAsync((page, self) => lag.Write(page, self.Framing, self.Positions)).ConfigureAwait(false);
        return true;
    }

    /// <summary>Goes on with what the group has given to this stream.</summary>
    private async ValueTask ShareAsync(StreamMembership member)
    {
        if (await member.TakeShareAsync(peer).ConfigureAwait(false) is not { } share) return;
        LeavePositions();
        (_positions, _hasShare) = share;
        if (_hasShare) await SendAsync((page, self) => StreamFrames.WriteRebalance(page, self.Framing, self.TopicId, self.Positions)).ConfigureAwait(false);
    }

    /// <summary>Sends what the tails brought.</summary>
    private async ValueTask DeliverAsync()
    {
        for (int i = 0; i < _deliveries.Count; i++)
        {
            (int partition, SharedRecords? records) = _deliveries[i];
            // It may have gone to another member of the group meanwhile.
            if (Array.Find(_positions, position => position.Partition == partition) is not { } position) continue;
            position.IsWaiting = false;
            // Nothing came, or what came begins behind the position: the stream finds out by itself.
            bool fits = records is not null && records.From <= position.Offset && output.Room > 0;
            position.IsAtEnd = fits && await WriteAsync(position, records!.Batches).ConfigureAwait(false);
        }
        ReleaseDeliveries();
    }

    private void ReleaseDeliveries()
    {
        foreach (StreamDelivery delivery in _deliveries) delivery.Records?.Release();
        _deliveries.Clear();
    }

    /// <summary>Reads a little from every partition that does not wait; false when all do.</summary>
    private async ValueTask<bool> ReadAsync()
    {
        bool hasMore = false;
        foreach (StreamPosition position in _positions)
        {
            if (position.IsWaiting || position.IsDone || _left == 0) continue;
            // Without room nothing is read: new room wakes the stream.
            if (output.Room == 0)
            {
                position.StepAside();
                continue;
            }
            if (position.IsAtEnd && _tails.TryWait(TailOf(position), position.Offset, place.Signal))
            {
                position.IsWaiting = true;
                continue;
            }
            await AwaitReaderAsync().ConfigureAwait(false);
            if (position.WaitsForMemory(place.Signal)) continue;
            hasMore = true;
            await ReadAsync(position).ConfigureAwait(false);
        }
        return hasMore;
    }

    private async ValueTask ReadAsync(StreamPosition position)
    {
        if (position.TryResume())
        {
            await WriteAsync(position, ReadOnlyMemory<byte>.Empty).ConfigureAwait(false);
            return;
        }
        using Turn? turn = await TakeReadAsync().ConfigureAwait(false);
        if (turn is null) return;
        TopicPartition partition = NameOf(position);
        using FetchedRecords read = await peer.Service.Client.Fetcher.ReadAsync(
            partition, position.Offset, new FetchLimits(ReadBytes, TimeSpan.Zero, Isolation: query.Isolation), peer.Cancel).ConfigureAwait(false);
        if (read.Error == ErrorCode.OffsetOutOfRange)
        {
            await ResetAsync(position, partition).ConfigureAwait(false);
            return;
        }
        if (read.Error is ErrorCode.UnknownTopicOrPartition or ErrorCode.UnknownTopicId)
            throw new ProblemException(Problem.TopicNotFound, $"Topic '{topic.Name}' was deleted.");
        if (read.Error != ErrorCode.None)
            throw new ProblemException(KafkaProblems.Of(read.Error, $"Partition {partition} at offset {position.Offset}: {read.Error.KafkaName()}"));
        long before = position.Offset;
        if (read.Batches.IsEmpty) position.DropReading();
        else await WriteAsync(position, read.Batches).ConfigureAwait(false);
        // It is not there for having been waited for.
        if (position.IsRefused) return;
        position.IsAtEnd = position.Offset >= read.EndOffset || position.Offset == before;
        if (position.Offset == before && !position.IsDone) await RestAsync(position, read.EndOffset).ConfigureAwait(false);
        else _fruitless = 0;
    }

    /// <summary>A turn to read; null when the server stops, which the signal tells of.</summary>
    private async ValueTask<Turn?> TakeReadAsync()
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(peer.Cancel, peer.Service.Stopping);
        try
        {
            return await peer.Service.Reads.TakeAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!peer.Cancel.IsCancellationRequested)
        {
            return null;
        }
    }

    private async ValueTask RestAsync(StreamPosition position, long end)
    {
        _fruitless++;
        // An end in a part of the log that compaction has emptied is reached without a record. Once is no proof: a broker that is short of memory
        // may answer with nothing as well.
        if (_fruitless >= FruitlessAtEnd && position.End != long.MaxValue && end >= position.End) position.Offset = position.End;
        else if (_fruitless > MostFruitless)
        {
            TimeSpan rest = TimeSpan.FromMilliseconds(Math.Min(10 << Math.Min(_fruitless, 7), 1000));
            await Task.Delay(rest, peer.Service.Client.Options.Time, peer.Cancel).ConfigureAwait(false);
        }
    }

    private async ValueTask ResetAsync(StreamPosition position, TopicPartition partition)
    {
        (long earliest, long latest) = await peer.FindEndsAsync(partition, query.Isolation).ConfigureAwait(false);
        position.DropReading();
        position.Offset = StreamStart.Reset(query.Reset, partition, position.Offset, earliest, latest);
        position.IsAtEnd = false;
    }
}
