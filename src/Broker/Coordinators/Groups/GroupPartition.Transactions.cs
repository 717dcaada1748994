using Gateway.Broker.Partitions;
using Gateway.Common.Errors;
using Gateway.Common.Ids;

namespace Gateway.Broker.Coordinators.Groups;

/// <content>Offsets committed in transactions: stored at once, counted when the marker comes (OFF-3).</content>
internal sealed partial class GroupPartition
{
    private const short FirstWithMembers = 3;

    /// <summary>Stores offsets as part of a transaction; answers as <see cref="CommitOffsetsAsync"/> does.</summary>
    public async ValueTask<(ErrorCode Error, IReadOnlySet<TopicPartition> MetadataTooLarge)> CommitInTransactionAsync(
        Committer committer, TransactionalAppend transaction, IReadOnlyList<OffsetToCommit> offsets, short version)
    {
        AssertOnShard();
        // Producers below version 3 do not know what their consumer is; later ones may not want to say.
        bool isAnonymous = version < FirstWithMembers
            || (committer.Generation < 0 && committer.MemberId.Length == 0 && committer.InstanceId is null);
        ErrorCode error = Unavailable != ErrorCode.None ? Unavailable
            : isAnonymous ? ErrorCode.None
            : CheckCommitter(committer, version: 0);
        return error == ErrorCode.None ? await StoreAsync(committer, offsets, transaction) : (error, new HashSet<TopicPartition>());
    }

    /// <summary>A transaction ended that may have committed offsets here. None once that is durable.</summary>
    public async ValueTask<ErrorCode> EndTransactionAsync(TransactionEnd end)
    {
        AssertOnShard();
        if (Unavailable != ErrorCode.None) return Unavailable;
        ErrorCode refusal = TryWrite(end);
        return refusal == ErrorCode.None ? await CommittedAsync() : refusal;
    }
}
