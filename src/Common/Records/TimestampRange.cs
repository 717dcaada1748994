namespace Gateway.Common.Records;

/// <summary>The create times a topic accepts: <c>message.timestamp.before.max.ms</c> and <c>after.max.ms</c> around the clock.</summary>
internal readonly struct TimestampRange
{
    private readonly bool _isChecked;
    private readonly long _min;
    private readonly long _max;

    internal TimestampRange(ValidationRules rules, long nowMs)
    {
        // Where the broker's clock will overwrite them, the producer's times do not matter.
        _isChecked = rules.TimestampType == TimestampType.CreateTime;
        // "Unlimited" is long.MaxValue, with which the plain sums overflow.
        _min = nowMs - Math.Min(rules.TimestampBeforeMaxMs, nowMs);
        _max = rules.TimestampAfterMaxMs > long.MaxValue - nowMs ? long.MaxValue : nowMs + rules.TimestampAfterMaxMs;
    }

    internal bool Contains(long timestampMs) =>
        !_isChecked || timestampMs == RecordBatchHeader.NoTimestamp || (timestampMs >= _min && timestampMs <= _max);

    internal string? FaultOf(long timestampMs) =>
        Contains(timestampMs) ? null : $"The timestamp {timestampMs} is not within {_min} and {_max}.";
}
