using System.Buffers.Binary;

namespace Gateway.Schemas;

/// <summary>
/// Which schema wrote a key or a value, as serialisers say it in front of the payload or in a header of the record (schema-registry 5): a zero and
/// the schema's id, or a one and its GUID, big endian both.
/// </summary>
public readonly record struct SchemaIdentity
{
    private const byte IdMagic = 0;
    internal const byte GuidMagic = 1;
    private const int GuidLength = 16;

    private readonly Guid _guid;
    private readonly int _id;

    /// <summary>A schema by its id, which counts within a context.</summary>
    public SchemaIdentity(int id) => _id = id;

    /// <summary>A schema by its GUID, which is the same everywhere.</summary>
    public SchemaIdentity(Guid guid)
    {
        _guid = guid;
        IsGuid = true;
    }

    /// <summary>Name of the header that names the schema of a record's key.</summary>
    public static ReadOnlySpan<byte> KeyHeader => "__key_schema_id"u8;

    /// <summary>Name of the header that names the schema of a record's value.</summary>
    public static ReadOnlySpan<byte> ValueHeader => "__value_schema_id"u8;

    /// <summary>True when it is a GUID.</summary>
    public bool IsGuid { get; }

    /// <summary>The id; 0 when it is a GUID.</summary>
    public int Id => _id;

    /// <summary>The GUID; empty when it is an id.</summary>
    public Guid Guid => _guid;

    /// <summary>Reads one; false when the bytes do not start with one.</summary>
    /// <param name="bytes">A key, a value or a header's value.</param>
    /// <param name="identity">What they start with.</param>
    /// <param name="rest">What follows: the payload, or in a header of Protobuf the message indexes.</param>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out SchemaIdentity identity, out ReadOnlySpan<byte> rest)
    {
        if (bytes.Length >= 1 + sizeof(int) && bytes[0] == IdMagic)
        {
            identity = new SchemaIdentity(BinaryPrimitives.ReadInt32BigEndian(bytes[1..]));
            rest = bytes[(1 + sizeof(int))..];
            return true;
        }
        if (bytes.Length >= 1 + GuidLength && bytes[0] == GuidMagic)
        {
            identity = new SchemaIdentity(new Guid(bytes.Slice(1, GuidLength), bigEndian: true));
            rest = bytes[(1 + GuidLength)..];
            return true;
        }
        identity = default;
        rest = default;
        return false;
    }

    /// <summary>As people write it.</summary>
    public override string ToString() =>
        IsGuid ? _guid.ToString() : _id.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
