using System.Text;

namespace Gateway.Schemas.Fingerprints;

/// <summary>
/// Fingerprints of a schema: equal where only layout, comments and attributes that do not touch the data differ. What goes in is
/// <see cref="ISchema.FingerprintText"/>, for Avro the specification's parsing canonical form.
/// </summary>
public static class SchemaFingerprint
{
    /// <summary>CRC-64-AVRO.</summary>
    public static ulong Crc64(ISchema schema) => AvroCrc64.Hash(TextOf(schema));

    /// <summary>MD5, 16 bytes.</summary>
    public static byte[] Md5(ISchema schema) => Fingerprints.Md5.Hash(TextOf(schema));

    /// <summary>SHA-256, 32 bytes.</summary>
    public static byte[] Sha256(ISchema schema) => Fingerprints.Sha256.Hash(TextOf(schema));

    private static byte[] TextOf(ISchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        return Encoding.UTF8.GetBytes(schema.FingerprintText);
    }
}
