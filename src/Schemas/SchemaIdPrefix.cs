using System.Buffers.Binary;

namespace Gateway.Schemas;

/// <summary>The five bytes serialisers put in front of a payload: a zero, then the schema id, big endian.</summary>
public static class SchemaIdPrefix
{
    /// <summary>Length of the prefix.</summary>
    public const int Length = 5;

    /// <summary>Writes the prefix.</summary>
    public static void Write(Span<byte> destination, int schemaId)
    {
        destination[0] = 0;
        BinaryPrimitives.WriteInt32BigEndian(destination[1..], schemaId);
    }
}
