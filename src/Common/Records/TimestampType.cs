namespace Gateway.Common.Records;

/// <summary>Who decides a record's time: bit 3 of a batch's attributes, the topic setting <c>message.timestamp.type</c>.</summary>
public enum TimestampType : byte
{
    /// <summary>The producer.</summary>
    CreateTime = 0,
    /// <summary>The broker, when it appends; all records of the batch then share the batch's maximum timestamp.</summary>
    LogAppendTime = 1,
}
