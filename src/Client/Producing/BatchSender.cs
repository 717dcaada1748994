using Gateway.Client.Connections;
using Gateway.Client.Topology;
using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Common.Ids;
using Gateway.Common.Records;
using Gateway.Links;
using Gateway.Protocol.Messages;

namespace Gateway.Client.Producing;

/// <summary>
/// Brings a batch to its leader: repeats it while errors are passing ones, and cuts it up when the broker refuses it for
/// what is in it, so that one caller's bad record does not cost another caller his good ones.
/// </summary>
/// <remarks>A broker of this process gets the batch itself, header and all, and makes the checksum, since nothing can happen to it on the way.</remarks>
internal sealed class BatchSender(
    BrokerLinks links, MetadataCache metadata, ProducerIdentities? identities, ProducerOptions options, ClientOptions client)
{
    /// <summary>Sets the outcome of every record of the batch. Does not throw.</summary>
    internal async ValueTask SendAsync(PartitionLane lane, PendingBatch batch)
    {
        try
        {
            using Delivery whole = batch.Build();
            BatchOutcome outcome = await DeliverAsync(lane, whole, batch.CreatedAt).ConfigureAwait(false);
            if (CutAt(batch, 0, batch.Count, outcome) is not { } cut) batch.SetOutcome(0, batch.Count, outcome);
            else await SendPartsAsync(lane, batch, whole.ReadRecords(), (0, cut, batch.Count)).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not InvariantBrokenException)
        {
            // Whatever it is belongs to this batch alone; the lane has others to send.
            ErrorCode code = failure switch
            {
                KafkaErrorException kafka => kafka.Code,
                ApiNotSupportedException => ErrorCode.UnsupportedVersion,
                _ => ErrorCode.UnknownServerError,
            };
            batch.SetOutcome(0, batch.Count, new BatchOutcome(code, -1, failure.Message));
        }
    }

    private async ValueTask SendPartsAsync(
        PartitionLane lane, PendingBatch batch, IReadOnlyList<Record> records, (int Start, int Cut, int End) first)
    {
        // Left part first, so that records keep their order.
        var parts = new Stack<(int Start, int End)>([(first.Cut, first.End), (first.Start, first.Cut)]);
        while (parts.TryPop(out (int Start, int End) part))
        {
            using Delivery rest = Rebuild(records, part.Start, part.End);
            BatchOutcome outcome = await DeliverAsync(lane, rest, batch.CreatedAt).ConfigureAwait(false);
            if (CutAt(batch, part.Start, part.End, outcome) is { } cut)
            {
                parts.Push((cut, part.End));
                parts.Push((part.Start, cut));
            }
            else
            {
                batch.SetOutcome(part.Start, part.End, outcome);
            }
        }
    }

    /// <summary>
    /// Where to cut a refused range: between two callers, or, if it was too large, anywhere; null to leave it at the refusal.
    /// </summary>
    private static int? CutAt(PendingBatch batch, int start, int end, BatchOutcome outcome)
    {
        bool isTooLarge = outcome.Error is ErrorCode.MessageTooLarge or ErrorCode.RecordListTooLarge;
        if (!isTooLarge && outcome.Error is not (ErrorCode.InvalidRecord or ErrorCode.InvalidTimestamp)) return null;
        int middle = start + ((end - start) / 2);
        int? best = null;
        foreach (int share in batch.ShareStarts)
        {
            if (share > start && share < end && (best is null || Math.Abs(share - middle) < Math.Abs(best.Value - middle))) best = share;
        }
        return best ?? (isTooLarge && end - start > 1 ? middle : null);
    }

    private Delivery Rebuild(IReadOnlyList<Record> records, int start, int end)
    {
        using var builder = new RecordBatchBuilder(new RecordBatchOptions { Compression = options.Compression });
        for (int i = start; i < end; i++) builder.Append(records[i].TimestampMs, records[i].Key, records[i].Value, records[i].Headers);
        return new Delivery(builder.Build(withChecksum: false), end - start, hasChecksum: false);
    }

    private async ValueTask<BatchOutcome> DeliverAsync(PartitionLane lane, Delivery delivery, long createdAt)
    {
        var pause = new RetryPause(client, options.DeliveryTimeout - client.Time.GetElapsedTime(createdAt));
        while (true)
        {
            if (identities is not null && delivery.Stamp is null)
                delivery.StampWith(lane, await identities.CurrentAsync(CancellationToken.None).ConfigureAwait(false));
            BatchOutcome outcome = await TryOnceAsync(lane.Partition, delivery).ConfigureAwait(false);
            if (Settle(lane, delivery, outcome) is { } settled) return settled;
            if (outcome.Error == ErrorCode.UnknownTopicOrPartition && delivery.TopicIsGone) return outcome;
            if (ErrorClasses.Of(outcome.Error) == ErrorClass.RefreshMetadata) metadata.Forget(lane.Partition.Topic);
            if (await pause.WaitAsync(CancellationToken.None).ConfigureAwait(false)) continue;
            if (delivery.InDoubt && delivery.Stamp is { } stamp) identities!.Replace(stamp);
            return outcome;
        }
    }

    /// <summary>The final outcome, or null when the batch should be sent again.</summary>
    private BatchOutcome? Settle(PartitionLane lane, Delivery delivery, BatchOutcome outcome)
    {
        switch (outcome.Error)
        {
            case ErrorCode.None:
                delivery.CountSequences(lane);
                return outcome;

            // Stored by an earlier attempt whose answer was lost; where, the broker no longer says.
            case ErrorCode.DuplicateSequenceNumber:
                delivery.CountSequences(lane);
                return new BatchOutcome(ErrorCode.None, -1);

            case ErrorCode.OutOfOrderSequenceNumber or ErrorCode.InvalidProducerEpoch or ErrorCode.UnknownProducerId
                when delivery.Stamp is { } stamp:
                identities!.Replace(stamp);
                if (delivery.InDoubt || delivery.WasRestamped) return outcome;
                delivery.Unstamp();
                return null;
        }
        if (ErrorClasses.Of(outcome.Error) != ErrorClass.Fatal) return null;
        if (delivery.InDoubt && delivery.Stamp is { } doubtful) identities!.Replace(doubtful);
        return outcome;
    }

    private async ValueTask<BatchOutcome> TryOnceAsync(TopicPartition partition, Delivery delivery)
    {
        (ErrorCode error, TopicView? topic) = await metadata.TopicAsync(partition.Topic, allowCreate: false, CancellationToken.None).ConfigureAwait(false);
        if (topic is null || partition.Partition >= topic.Partitions.Length)
        {
            delivery.TopicIsGone = true;
            return new BatchOutcome(topic is null ? error : ErrorCode.UnknownTopicOrPartition, -1);
        }
        if (metadata.LeaderOf(topic, partition.Partition) is not { } leader) return new BatchOutcome(ErrorCode.LeaderNotAvailable, -1);
        try
        {
            IBrokerLink link = await links.ToAsync(leader, CancellationToken.None).ConfigureAwait(false);
            ProduceRequest request = Build(topic, partition.Partition, delivery, link.IsInProcess);
            delivery.WasSent = true;
            ProduceResponse? answer = await link.SendAsync(request, CancellationToken.None).ConfigureAwait(false);
            if (options.Acks == Acks.None) return new BatchOutcome(ErrorCode.None, -1);
            BatchOutcome outcome = Read(answer);
            if (outcome.Error is ErrorCode.RequestTimedOut or ErrorCode.NotEnoughReplicasAfterAppend) delivery.InDoubt = true;
            return outcome;
        }
        catch (LinkClosedException failure)
        {
            delivery.InDoubt |= delivery.WasSent;
            return new BatchOutcome(ErrorCode.NetworkException, -1, failure.Message);
        }
    }

    private ProduceRequest Build(TopicView topic, int partition, Delivery delivery, bool isInProcess) => new()
    {
        LacksChecksums = isInProcess && !delivery.HasChecksum,
        Acks = (short)options.Acks,
        TimeoutMs = (int)options.RequestTimeout.TotalMilliseconds,
        TopicData =
        [
            new ProduceRequest.TopicProduceData
            {
                Name = topic.Name,
                TopicId = topic.Id,
                PartitionData = [new ProduceRequest.PartitionProduceData { Index = partition, Records = isInProcess ? delivery.Lend() : delivery.Share() }],
            },
        ],
    };

    private static BatchOutcome Read(ProduceResponse answer)
    {
        if (answer.Responses is not [{ PartitionResponses: [{ } partition] }])
            return new BatchOutcome(ErrorCode.UnknownServerError, -1, "The broker's answer does not cover the batch.");
        if (partition.ErrorCode == ErrorCode.None) return new BatchOutcome(ErrorCode.None, partition.BaseOffset) { LogAppendTimeMs = partition.LogAppendTimeMs };
        var atFault = new Dictionary<int, string?>();
        foreach (ProduceResponse.BatchIndexAndErrorMessage fault in partition.RecordErrors)
            atFault[fault.BatchIndex] = fault.BatchIndexErrorMessage;
        return new BatchOutcome(partition.ErrorCode, -1, partition.ErrorMessage) { AtFault = atFault };
    }
}
