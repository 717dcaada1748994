using Gateway.Fuzz.Engine;

namespace Gateway.Fuzz.Targets;

/// <summary>Everything that is fuzzed. A new target is a file and a line here.</summary>
public static class AllTargets
{
    /// <summary>The targets in the order they are told.</summary>
    public static IReadOnlyList<ITarget> List { get; } =
    [
        new SchemaParse("avro", "AVRO", AvroWords.List),
        new SchemaDecode("avro", "AVRO", AvroWords.List),
        new SchemaEncode("avro", "AVRO", AvroWords.List),
        new SchemaParse("json", "JSON", JsonSchemaWords.List),
        new SchemaValidate("json", "JSON", JsonSchemaWords.List),
    ];

    /// <summary>The target of that name, or null.</summary>
    public static ITarget? Find(string name) => List.FirstOrDefault(target => target.Name == name);
}
