using Gateway.Protocol.Wire;

namespace Gateway.Protocol.Stored;

/// <summary>
/// A message behind an int16, the framing of keys and values in <c>__consumer_offsets</c> and <c>__transaction_state</c>
/// and of the blobs inside group requests. In values and blobs the int16 is the version, in keys it is the record's type.
/// </summary>
public static class VersionedBytes
{
    /// <summary>Writes a value or blob: the version, then the message in it.</summary>
    public static byte[] Write(IKafkaMessage message, short version) => Write(version, message, version);

    /// <summary>Writes a key: <paramref name="prefix"/> is its type, <paramref name="version"/> the layout behind it.</summary>
    public static byte[] Write(short prefix, IKafkaMessage message, short version)
    {
        using var writer = new KafkaWriter();
        writer.Int16(prefix);
        message.Write(writer, version);
        return writer.ToArray();
    }

    /// <summary>The int16 in front, to choose the class by.</summary>
    public static short Prefix(ReadOnlyMemory<byte> bytes) => new KafkaReader(bytes).Int16();

    /// <summary>Reads a value: the version, then the message, then the end.</summary>
    public static T Read<T>(ReadOnlyMemory<byte> bytes)
        where T : class, IKafkaMessage, new()
    {
        var reader = new KafkaReader(bytes);
        return ReadRest<T>(ref reader, reader.Int16());
    }

    /// <summary>Reads a key: skips its type and reads the message in the layout <paramref name="version"/>, then the end.</summary>
    public static T ReadKey<T>(ReadOnlyMemory<byte> bytes, short version = 0)
        where T : class, IKafkaMessage, new()
    {
        var reader = new KafkaReader(bytes);
        reader.Int16();
        return ReadRest<T>(ref reader, version);
    }

    /// <summary>
    /// Reads a blob that clients write: a version above <paramref name="highest"/> is read as the highest and whatever
    /// follows is left alone, since newer clients only append fields.
    /// </summary>
    public static T ReadBlob<T>(ReadOnlyMemory<byte> bytes, short highest)
        where T : class, IKafkaMessage, new()
    {
        var reader = new KafkaReader(bytes);
        short version = Math.Min(reader.Int16(), highest);
        var message = new T();
        message.Read(ref reader, version);
        return message;
    }

    private static T ReadRest<T>(ref KafkaReader reader, short version)
        where T : class, IKafkaMessage, new()
    {
        var message = new T();
        message.Read(ref reader, version);
        reader.ExpectEnd();
        return message;
    }
}
