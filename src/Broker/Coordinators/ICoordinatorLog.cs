using Gateway.Common.Errors;

namespace Gateway.Broker.Coordinators;

/// <summary>The partition of an internal topic that a coordinator's state lives in. On the owner shard only.</summary>
internal interface ICoordinatorLog
{
    /// <summary>
    /// Appends the records of one decision as one batch, so that they survive whole or not at all. <paramref name="done"/> is told once,
    /// on the shard, when they are committed or refused; perhaps before this returns. Answers come in the order of the calls.
    /// </summary>
    void Append(IReadOnlyList<CoordinatorRecord> records, Action<ErrorCode> done);

    /// <summary>Hands every record of the log to <paramref name="apply"/>, oldest first. Anything but None: the log cannot be read.</summary>
    ValueTask<ErrorCode> ReplayAsync(Action<CoordinatorRecord> apply);
}
