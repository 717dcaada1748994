using Gateway.Common.Records;

namespace Gateway.Schemas;

/// <summary>
/// The header that names the schema of a key or a value in the place of the five bytes in front of it (schema-registry 5): a one, the schema's
/// GUID, and for Protobuf the message indexes, which then are not in front of the data either.
/// </summary>
public static class SchemaHeader
{
    private const int GuidLength = 16;

    /// <summary>What the header of keys, or of values, is called.</summary>
    public static string NameOf(bool isKey) => isKey ? "__key_schema_id" : "__value_schema_id";

    /// <summary>Takes what belongs into the header from a payload as schemas write it.</summary>
    /// <param name="isKey">Whether it is a key's.</param>
    /// <param name="guid">The schema's.</param>
    /// <param name="schemaType">Its language.</param>
    /// <param name="payload">What the schema wrote.</param>
    /// <param name="moved">How many bytes at the front of the payload are in the header now.</param>
    public static RecordHeader Of(bool isKey, Guid guid, string schemaType, ReadOnlySpan<byte> payload, out int moved)
    {
        moved = schemaType == SchemaTypes.Protobuf ? LengthOfIndexes(payload) : 0;
        byte[] value = new byte[1 + GuidLength + moved];
        value[0] = SchemaIdentity.GuidMagic;
        guid.TryWriteBytes(value.AsSpan(1), bigEndian: true, out _);
        payload[..moved].CopyTo(value.AsSpan(1 + GuidLength));
        return new RecordHeader(NameOf(isKey), value);
    }

    /// <summary>A count and as many numbers, zigzag all of them. They were written a moment ago, so they are there.</summary>
    private static int LengthOfIndexes(ReadOnlySpan<byte> payload)
    {
        int at = 0;
        Varint.TryRead32(payload, ref at, out int count);
        for (; count > 0; count--) Varint.TryRead32(payload, ref at, out _);
        return at;
    }
}
