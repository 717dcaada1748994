using Gateway.Fuzz.Engine;
using Gateway.Schemas;

namespace Gateway.Fuzz.Targets;

/// <summary>Everything that is fuzzed. A new target is a file and a line here.</summary>
public static class AllTargets
{
    /// <summary>The targets in the order they are told.</summary>
    public static IReadOnlyList<ITarget> List { get; } =
    [
        new SchemaParse("avro", "AVRO", AvroWords.List),
        new SchemaDecode("avro", "AVRO", AvroWords.List, JsonForm.Exact),
        new SchemaEncode("avro", "AVRO", AvroWords.List),
        new SchemaParse("protobuf", "PROTOBUF", ProtobufWords.List),
        new SchemaDecode("protobuf", "PROTOBUF", ProtobufWords.List, JsonForm.Plain),
        new SchemaEncode("protobuf", "PROTOBUF", ProtobufWords.List),
        new SchemaParse("json", "JSON", JsonSchemaWords.List),
        new SchemaValidate("json", "JSON", JsonSchemaWords.List),
        new KafkaFrames(),
        new HttpBodies(),
    ];

    /// <summary>The target of that name, or null.</summary>
    public static ITarget? Find(string name) => List.FirstOrDefault(target => target.Name == name);
}
