using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Gateway.Broker.Cluster;

/// <summary>
/// Metadata records as bytes: int16 kind, int16 version, then the kind's fields, big endian; strings are int32 length and
/// UTF-8, −1 for null. The numbers are on disk: they never change, and a record of a newer version is refused rather than guessed.
/// </summary>
public static class MetadataRecordCodec
{
    private enum Kind : short
    {
        TopicCreated = 1,
        TopicDeleted = 2,
        TopicConfigChanged = 3,
        BrokerConfigChanged = 4,
        ProducerIdBlockTaken = 5,
        EpochRaised = 6,
        TopicGrown = 7,
    }

    /// <summary>The record's bytes.</summary>
    public static byte[] Write(MetadataRecord record)
    {
        var writer = new Writer();
        switch (record)
        {
            case TopicCreated created:
                writer.Start(Kind.TopicCreated);
                writer.Guid(created.TopicId);
                writer.Text(created.Name);
                writer.Int32(created.PartitionCount);
                writer.Int16(created.ReplicationFactor);
                writer.Map(created.Configs.Select(c => KeyValuePair.Create(c.Key, (string?)c.Value)), created.Configs.Count);
                break;
            case TopicDeleted deleted:
                writer.Start(Kind.TopicDeleted);
                writer.Guid(deleted.TopicId);
                break;
            case TopicConfigChanged changed:
                writer.Start(Kind.TopicConfigChanged);
                writer.Guid(changed.TopicId);
                writer.Map(changed.Changes, changed.Changes.Count);
                break;
            case BrokerConfigChanged changed:
                writer.Start(Kind.BrokerConfigChanged);
                writer.Int32(changed.NodeId ?? -1);
                writer.Map(changed.Changes, changed.Changes.Count);
                break;
            case ProducerIdBlockTaken block:
                writer.Start(Kind.ProducerIdBlockTaken);
                writer.Int64(block.NextProducerId);
                break;
            case EpochRaised raised:
                writer.Start(Kind.EpochRaised);
                writer.Int32(raised.Epoch);
                break;
            case TopicGrown grown:
                writer.Start(Kind.TopicGrown);
                writer.Guid(grown.TopicId);
                writer.Int32(grown.PartitionCount);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(record), record, "No layout for this record");
        }
        return writer.ToArray();
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="MetadataFormatException">The bytes are of a newer format, or none of ours.</exception>
    public static MetadataRecord Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new Reader(bytes);
        short kind = reader.Int16();
        short version = reader.Int16();
        if (version != 0) throw new MetadataFormatException($"Metadata record kind {kind} has version {version}; this build reads version 0");
        MetadataRecord record = (Kind)kind switch
        {
            Kind.TopicCreated => new TopicCreated(reader.Guid(), reader.Text(), reader.Int32(), reader.Int16(),
                reader.Map().ToDictionary(p => p.Key, p => p.Value ?? throw new MetadataFormatException("A topic was created with a null config"))),
            Kind.TopicDeleted => new TopicDeleted(reader.Guid()),
            Kind.TopicConfigChanged => new TopicConfigChanged(reader.Guid(), reader.Map()),
            Kind.BrokerConfigChanged => new BrokerConfigChanged(reader.Int32() is >= 0 and int node ? node : null, reader.Map()),
            Kind.ProducerIdBlockTaken => new ProducerIdBlockTaken(reader.Int64()),
            Kind.EpochRaised => new EpochRaised(reader.Int32()),
            Kind.TopicGrown => new TopicGrown(reader.Guid(), reader.Int32()),
            _ => throw new MetadataFormatException($"Metadata record kind {kind} is unknown to this build"),
        };
        if (!reader.AtEnd) throw new MetadataFormatException($"Metadata record kind {kind} has bytes left over");
        return record;
    }

    private readonly struct Writer()
    {
        private readonly ArrayBufferWriter<byte> _buffer = new();

        public void Start(Kind kind)
        {
            Int16((short)kind);
            Int16(0);
        }

        public void Int16(short value)
        {
            BinaryPrimitives.WriteInt16BigEndian(_buffer.GetSpan(2), value);
            _buffer.Advance(2);
        }

        public void Int32(int value)
        {
            BinaryPrimitives.WriteInt32BigEndian(_buffer.GetSpan(4), value);
            _buffer.Advance(4);
        }

        public void Int64(long value)
        {
            BinaryPrimitives.WriteInt64BigEndian(_buffer.GetSpan(8), value);
            _buffer.Advance(8);
        }

        public void Guid(Guid value)
        {
            value.TryWriteBytes(_buffer.GetSpan(16), bigEndian: true, out _);
            _buffer.Advance(16);
        }

        public void Text(string? value)
        {
            Int32(value is null ? -1 : Encoding.UTF8.GetByteCount(value));
            if (value is not null) Encoding.UTF8.GetBytes(value, _buffer);
        }

        public void Map(IEnumerable<KeyValuePair<string, string?>> map, int count)
        {
            Int32(count);
            foreach ((string key, string? value) in map)
            {
                Text(key);
                Text(value);
            }
        }

        public byte[] ToArray() => _buffer.WrittenSpan.ToArray();
    }

    private ref struct Reader(ReadOnlySpan<byte> bytes)
    {
        private ReadOnlySpan<byte> _rest = bytes;

        public readonly bool AtEnd => _rest.IsEmpty;

        public short Int16() => BinaryPrimitives.ReadInt16BigEndian(Take(2));

        public int Int32() => BinaryPrimitives.ReadInt32BigEndian(Take(4));

        public long Int64() => BinaryPrimitives.ReadInt64BigEndian(Take(8));

        public Guid Guid() => new(Take(16), bigEndian: true);

        public string Text() => OptionalText() ?? throw new MetadataFormatException("A metadata record lacks a name");

        public Dictionary<string, string?> Map()
        {
            int count = Int32();
            if (count < 0 || count > _rest.Length) throw new MetadataFormatException($"A metadata record counts {count} configs");
            Dictionary<string, string?> map = new(count, StringComparer.Ordinal);
            for (int i = 0; i < count; i++) map.Add(Text(), OptionalText());
            return map;
        }

        private string? OptionalText()
        {
            int length = Int32();
            return length == -1 ? null : Encoding.UTF8.GetString(Take(length));
        }

        private ReadOnlySpan<byte> Take(int length)
        {
            if (length < 0 || length > _rest.Length) throw new MetadataFormatException("A metadata record is cut short");
            ReadOnlySpan<byte> taken = _rest[..length];
            _rest = _rest[length..];
            return taken;
        }
    }
}

/// <summary>The metadata log holds what this build cannot read; starting anyway would forget it.</summary>
public sealed class MetadataFormatException(string message) : Exception(message);
