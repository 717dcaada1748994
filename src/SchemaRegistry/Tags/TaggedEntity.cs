using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Gateway.SchemaRegistry.Model;

namespace Gateway.SchemaRegistry.Tags;

/// <summary>A record or a field of a schema and the tags written beside it.</summary>
/// <param name="Path">Where it is: for Avro a full name, for a field with its name behind it.</param>
/// <param name="IsField">Whether it is a field.</param>
/// <param name="Tags">Its tags, in order of appearance.</param>
internal sealed record TaggedEntity(string Path, bool IsField, ImmutableArray<string> Tags)
{
    private const string RecordType = "sr_record";
    private const string FieldType = "sr_field";
    private const int MaxEntities = 1000;
    private const int MaxTags = 100;

    /// <summary>What of a list is no tagged entity, and what it must be; null when all are.</summary>
    public static string? Misfit(JsonElement body, string name)
    {
        if (JsonBody.Member(body, name) is not { } list) return null;
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() > MaxEntities)
            return $"{name} of the request body must be an array of at most {MaxEntities} members";
        var index = 0;
        foreach (var item in list.EnumerateArray())
        {
            var place = string.Create(CultureInfo.InvariantCulture, $"{name}[{index++}]");
            if (item.ValueKind != JsonValueKind.Object) return $"{place} of the request body must be an object";
            if (JsonBody.Member(item, "schemaEntity") is not { ValueKind: JsonValueKind.Object } entity
                || JsonBody.Text(entity, "entityPath") is not { Length: > 0 })
                return $"{place}.schemaEntity.entityPath of the request body must be a string";
            if (JsonBody.Text(entity, "entityType") is not (RecordType or FieldType))
                return $"{place}.schemaEntity.entityType of the request body must be {RecordType} or {FieldType}";
            if (JsonBody.Member(item, "tags") is not { ValueKind: JsonValueKind.Array } tags || tags.GetArrayLength() > MaxTags
                || tags.EnumerateArray().Any(tag => tag.ValueKind != JsonValueKind.String || tag.GetString()!.Length == 0))
                return $"{place}.tags of the request body must be an array of at most {MaxTags} strings that are not empty";
        }
        return null;
    }

    /// <summary>The entities of a list that fits.</summary>
    public static ImmutableArray<TaggedEntity> ReadAll(JsonElement body, string name) =>
    [
        .. JsonBody.Items(body, name).Select(item =>
        {
            var entity = item.GetProperty("schemaEntity");
            var isField = JsonBody.Text(entity, "entityType") == FieldType;
            return new TaggedEntity(JsonBody.Text(entity, "entityPath")!, isField, [.. JsonBody.Texts(item.GetProperty("tags"))]);
        }),
    ];

    public static void WriteAll(Utf8JsonWriter output, string name, IReadOnlyList<TaggedEntity> entities)
    {
        if (entities.Count == 0) return;
        output.WriteStartArray(name);
        foreach (var entity in entities)
        {
            output.WriteStartObject();
            output.WriteStartObject("schemaEntity");
            output.WriteString("entityPath", entity.Path);
            output.WriteString("entityType", entity.IsField ? FieldType : RecordType);
            output.WriteEndObject();
            JsonBody.WriteTexts(output, "tags", entity.Tags);
            output.WriteEndObject();
        }
        output.WriteEndArray();
    }
}
