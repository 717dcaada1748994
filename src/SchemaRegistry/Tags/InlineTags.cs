using System.Collections.Immutable;
using Gateway.Schemas;
using Gateway.SchemaRegistry.Model;

namespace Gateway.SchemaRegistry.Tags;

/// <summary>Which tags to put into a schema, and which to take out.</summary>
/// <param name="Add">To put in; a place that is not there is a fault.</param>
/// <param name="Remove">To take out; likewise.</param>
/// <param name="Propagated">Those of the version before, put in wherever the schema still has the place.</param>
internal sealed record TagEdit(ImmutableArray<TaggedEntity> Add, ImmutableArray<TaggedEntity> Remove, IReadOnlyList<TaggedEntity> Propagated);

/// <summary>Tags that are written into the schema itself (schema-registry 2.10), in the way each language has for it.</summary>
internal static class InlineTags
{
    /// <summary>Every place of a schema that has tags.</summary>
    public static IReadOnlyList<TaggedEntity> Of(ISchema schema) =>
    [
        .. TakeApart(schema)?.Entities.Where(entity => !entity.IsToldBefore && entity.Tags.Count > 0)
            .Select(entity => new TaggedEntity(entity.Path, entity.IsField, [.. entity.Tags])) ?? [],
    ];

    /// <summary>Every place that has one of these tags; <c>*</c> stands for any.</summary>
    public static IReadOnlyList<TaggedEntity> Find(ISchema schema, IReadOnlyList<string> wanted)
    {
        var all = Of(schema);
        return wanted.Contains("*") ? all : [.. all.Where(entity => entity.Tags.Any(wanted.Contains))];
    }

    /// <summary>The schema's text with the edit carried out; for Protobuf its descriptor.</summary>
    public static Outcome<string> Apply(ISchema schema, TagEdit edit)
    {
        if (TakeApart(schema) is not { } parts) return RegistryFault.InvalidSchema($"schemas of the type {schema.SchemaType} have no tags");
        var places = new Dictionary<(string Path, bool IsField), Taggable>();
        foreach (var entity in parts.Entities) places.TryAdd((entity.Path, entity.IsField), entity);
        // A dot before a path makes no difference, and for Protobuf neither does the package.
        var package = schema.SchemaType == SchemaTypes.Protobuf ? ProtobufTags.PackageOf(schema.SerializedText!) + "." : ".";
        foreach (var entity in edit.Propagated)
            if (Find(places, package, entity) is { } there) Put(there, entity);
        foreach (var entity in edit.Remove)
        {
            if (Find(places, package, entity) is not { } there) return NotThere(entity);
            there.Tags = [.. there.Tags.Except(entity.Tags)];
        }
        foreach (var entity in edit.Add)
        {
            if (Find(places, package, entity) is not { } there) return NotThere(entity);
            Put(there, entity);
        }
        return parts.Print();
    }

    private static void Put(Taggable there, TaggedEntity entity) => there.Tags = [.. there.Tags.Union(entity.Tags)];

    private static Taggable? Find(Dictionary<(string Path, bool IsField), Taggable> places, string package, TaggedEntity entity)
    {
        var path = entity.Path.TrimStart('.');
        if (places.TryGetValue((path, entity.IsField), out var there)) return there;
        return path.StartsWith(package, StringComparison.Ordinal) ? places.GetValueOrDefault((path[package.Length..], entity.IsField)) : null;
    }

    private static RegistryFault NotThere(TaggedEntity entity) =>
        RegistryFault.InvalidSchema($"there is no {(entity.IsField ? "field" : "record")} '{entity.Path}' to tag");

    private static TaggableSchema? TakeApart(ISchema schema) => schema.SchemaType switch
    {
        SchemaTypes.Avro => AvroTags.Of(schema.CanonicalText),
        SchemaTypes.Json => JsonSchemaTags.Of(schema.CanonicalText),
        SchemaTypes.Protobuf => schema.SerializedText is { } descriptor ? ProtobufTags.Of(descriptor) : null,
        _ => null,
    };
}
