namespace Gateway.Broker.Partitions;

/// <summary>What went through a partition. Written on its shard; read by anyone, who may see a slightly old number.</summary>
public sealed class PartitionTraffic
{
    private long _bytesIn;
    private long _recordsIn;
    private long _bytesOut;
    private long _recordsOut;
    private long _recordsRefused;
    private long _deadLetters;
    private long _sizeInBytes;

    /// <summary>Bytes appended.</summary>
    public long BytesIn => Volatile.Read(ref _bytesIn);

    /// <summary>Records appended.</summary>
    public long RecordsIn => Volatile.Read(ref _recordsIn);

    /// <summary>Bytes fetched.</summary>
    public long BytesOut => Volatile.Read(ref _bytesOut);

    /// <summary>Records fetched.</summary>
    public long RecordsOut => Volatile.Read(ref _recordsOut);

    /// <summary>Records that did not fit the topic's schemas and had their batches refused.</summary>
    public long RecordsRefused => Volatile.Read(ref _recordsRefused);

    /// <summary>Records that did not fit them and went to a dead letter topic.</summary>
    public long DeadLetters => Volatile.Read(ref _deadLetters);

    /// <summary>Bytes on disk, as of the last append or retention.</summary>
    public long SizeInBytes => Volatile.Read(ref _sizeInBytes);

    internal void SetSize(long bytes) => Volatile.Write(ref _sizeInBytes, bytes);

    internal void Appended(int bytes, int records)
    {
        Volatile.Write(ref _bytesIn, _bytesIn + bytes);
        Volatile.Write(ref _recordsIn, _recordsIn + records);
    }

    internal void Refused(int records) => Volatile.Write(ref _recordsRefused, _recordsRefused + records);

    internal void TakenElsewhere(int records) => Volatile.Write(ref _deadLetters, _deadLetters + records);

    internal void Fetched(int bytes, int records)
    {
        Volatile.Write(ref _bytesOut, _bytesOut + bytes);
        Volatile.Write(ref _recordsOut, _recordsOut + records);
    }
}
