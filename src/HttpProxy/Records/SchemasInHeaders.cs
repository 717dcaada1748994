using Gateway.Client.Producing;
using Gateway.Common.Records;
using Gateway.Schemas;
using Gateway.Schemas.Lookup;

namespace Gateway.HttpProxy.Records;

/// <summary>Names the schema of a key or value that has been written in a header of its record, by GUID, and no longer in front of it (schema-registry 5).</summary>
internal static class SchemasInHeaders
{
    /// <summary>The key or value without what named its schema; what has none stays as it is.</summary>
    /// <param name="records">Where it was written.</param>
    /// <param name="part">The key or value.</param>
    /// <param name="isKey">Whether it is a key.</param>
    /// <param name="schema">Its schema, if it has one.</param>
    /// <param name="headers">The record's headers, which get one more behind theirs: the last of a name counts.</param>
    internal static Slice Move(RecordSet records, Slice part, bool isKey, RegisteredSchema? schema, ref IReadOnlyList<RecordHeader>? headers)
    {
        if (part.IsNull || schema is null) return part;
        ReadOnlySpan<byte> payload = records.BytesOf(part)[SchemaIdPrefix.Length..];
        RecordHeader named = SchemaHeader.Of(isKey, schema.Guid, schema.Schema.SchemaType, payload, out int moved);
        headers = headers is null ? [named] : [.. headers, named];
        return new Slice(part.Start + SchemaIdPrefix.Length + moved, payload.Length - moved);
    }
}
