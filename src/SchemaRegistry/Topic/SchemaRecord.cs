using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Unicode;
using Gateway.Schemas;
using Gateway.SchemaRegistry.Model;

namespace Gateway.SchemaRegistry.Topic;

/// <summary>
/// Reads a schema's record in one pass. A start reads every record there is and almost all are schemas, so their texts go from the record to where
/// they are kept without becoming strings on the way.
/// </summary>
internal static class SchemaRecord
{
    /// <summary>The version a value stands for; null when it is not one.</summary>
    public static SchemaVersion? Read(ReadOnlySpan<byte> value, RecordKey key, long timestampMs)
    {
        if (key.Subject is null || key.Version <= 0) return null;
        try
        {
            var json = new Utf8JsonReader(value);
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject) return null;
            int? id = null;
            string? schemaType = null;
            byte[]? text = null;
            var references = ImmutableArray<SchemaReference>.Empty;
            SchemaMetadata? metadata = null;
            RuleSet? ruleSet = null;
            var isDeleted = false;
            // What counts for what the version is, and is of the wrong type, would make another one of it: one that is deleted would live.
            var fits = true;
            // Of members that occur twice the last one counts, as everywhere.
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                if (json.ValueTextEquals("id"u8)) id = Id(ref json);
                else if (json.ValueTextEquals("schema"u8)) text = Text(ref json);
                else if (json.ValueTextEquals("schemaType"u8)) schemaType = TypeOf(ref json, ref fits);
                else if (json.ValueTextEquals("deleted"u8)) isDeleted = Flag(ref json, ref fits);
                else if (json.ValueTextEquals("references"u8)) references = References(ref json, ref fits);
                else if (json.ValueTextEquals("metadata"u8)) metadata = Next(ref json) == JsonTokenType.StartObject ? SchemaMetadata.Read(Rest(ref json)) : null;
                else if (json.ValueTextEquals("ruleSet"u8)) ruleSet = Next(ref json) == JsonTokenType.StartObject ? RuleSet.Read(Rest(ref json)) : null;
                else Next(ref json);
                json.Skip();
            }
            // Anything behind the object is a fault, which reading on tells.
            if (json.Read() || id is not >= 0 || text is null || !fits) return null;
            var content = new SchemaContent(schemaType ?? SchemaTypes.Avro, text, references, metadata, ruleSet);
            return new SchemaVersion(key.Subject, key.Version, id.Value, content, isDeleted, timestampMs);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static JsonTokenType Next(ref Utf8JsonReader json)
    {
        json.Read();
        return json.TokenType;
    }

    // Leaves the reader at the end of the value, where skipping does nothing.
    private static JsonElement Rest(ref Utf8JsonReader json) => JsonElement.ParseValue(ref json);

    private static int? Id(ref Utf8JsonReader json) => Next(ref json) == JsonTokenType.Number && json.TryGetInt32(out var id) ? id : null;

    private static bool Flag(ref Utf8JsonReader json, ref bool fits)
    {
        var token = Next(ref json);
        fits &= token is JsonTokenType.True or JsonTokenType.False or JsonTokenType.Null;
        return token == JsonTokenType.True;
    }

    private static ImmutableArray<SchemaReference> References(ref Utf8JsonReader json, ref bool fits)
    {
        var token = Next(ref json);
        fits &= token is JsonTokenType.StartArray or JsonTokenType.Null;
        if (token != JsonTokenType.StartArray) return [];
        var list = Rest(ref json);
        fits &= list.EnumerateArray().All(static item => item.ValueKind == JsonValueKind.Object
            && JsonBody.Member(item, "name") is null or { ValueKind: JsonValueKind.String }
            && JsonBody.Member(item, "subject") is null or { ValueKind: JsonValueKind.String }
            && (JsonBody.Member(item, "version") is null || JsonBody.Integer(item, "version") is not null));
        return fits ? RecordValues.ReadReferences(list) : [];
    }

    private static string? TypeOf(ref Utf8JsonReader json, ref bool fits)
    {
        if (Next(ref json) != JsonTokenType.String)
        {
            fits &= json.TokenType == JsonTokenType.Null;
            return null;
        }
        // The three there are, without a string for each record.
        if (json.ValueTextEquals("AVRO"u8)) return SchemaTypes.Avro;
        if (json.ValueTextEquals("JSON"u8)) return SchemaTypes.Json;
        return json.ValueTextEquals("PROTOBUF"u8) ? SchemaTypes.Protobuf : json.GetString();
    }

    private static byte[]? Text(ref Utf8JsonReader json)
    {
        if (Next(ref json) != JsonTokenType.String) return null;
        if (!json.ValueIsEscaped) return Utf8.IsValid(json.ValueSpan) ? json.ValueSpan.ToArray() : null;
        var scratch = ArrayPool<byte>.Shared.Rent(json.ValueSpan.Length);
        try
        {
            return scratch.AsSpan(0, json.CopyString(scratch)).ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(scratch);
        }
    }
}
