using Gateway.Common.Records;

namespace Gateway.Schemas;

/// <summary>
/// A key or a value taken apart: which schema it names, in a header of its record or in front of the data, and the data itself. Who reads both
/// looks into the headers first, and the last header counts (schema-registry 5).
/// </summary>
public readonly ref struct FramedData
{
    private readonly ReadOnlySpan<byte> _data;
    private readonly ReadOnlySpan<byte> _indexes;

    private FramedData(ReadOnlySpan<byte> header, ReadOnlySpan<byte> data, bool isInHeader)
    {
        IsInHeader = isInHeader;
        if (isInHeader)
        {
            IsFound = SchemaIdentity.TryRead(header, out SchemaIdentity named, out _indexes);
            Identity = named;
            _data = data;
            return;
        }
        IsFound = SchemaIdentity.TryRead(data, out SchemaIdentity written, out _data);
        Identity = written;
    }

    /// <summary>Takes a key or value apart that lies in a batch.</summary>
    public static FramedData Of(ReadOnlySpan<byte> data, RecordHeaderEnumerator headers, bool isKey)
    {
        ReadOnlySpan<byte> name = NameOf(isKey), value = default;
        bool found = false;
        foreach (RecordHeaderView header in headers)
        {
            if (!header.KeyUtf8.SequenceEqual(name)) continue;
            value = header.Value;
            found = true;
        }
        return new FramedData(value, data, found);
    }

    /// <summary>Takes the key or the value of a record apart; one that is null counts as empty.</summary>
    public static FramedData Of(Record record, bool isKey)
    {
        string name = SchemaHeader.NameOf(isKey);
        ReadOnlySpan<byte> data = (isKey ? record.Key : record.Value).GetValueOrDefault().Span;
        RecordHeader? last = record.Headers.LastOrDefault(header => header.Key == name);
        return new FramedData(last is null ? default : last.Value.GetValueOrDefault().Span, data, last is not null);
    }

    /// <summary>Whether a schema is named.</summary>
    public bool IsFound { get; }

    /// <summary>Whether there is a header that should name it; then the data is all of the key or value.</summary>
    public bool IsInHeader { get; }

    /// <summary>Which schema; nothing when none is named.</summary>
    public SchemaIdentity Identity { get; }

    /// <summary>
    /// The payload as schemas take it. That of a .proto file has its message indexes in front, also where the header holds them; none at all
    /// stand for the first type.
    /// </summary>
    public ReadOnlySpan<byte> PayloadFor(string schemaType)
    {
        if (!IsInHeader || schemaType != SchemaTypes.Protobuf) return _data;
        return _indexes.IsEmpty ? [0, .. _data] : (byte[])[.. _indexes, .. _data];
    }

    private static ReadOnlySpan<byte> NameOf(bool isKey) => isKey ? SchemaIdentity.KeyHeader : SchemaIdentity.ValueHeader;
}
