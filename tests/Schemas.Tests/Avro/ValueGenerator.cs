using System.Text.Json.Nodes;
using Gateway.Schemas.Avro.Model;

namespace Gateway.Schemas.Tests.Avro;

/// <summary>Random values of a schema in Avro's JSON encoding.</summary>
internal sealed class ValueGenerator(Random random)
{
    public JsonNode? Value(AvroSchema schema) => schema switch
    {
        AvroRecord record => new JsonObject(record.Fields.Select(field => new KeyValuePair<string, JsonNode?>(field.Name, Value(field.Schema)))),
        AvroEnum @enum => @enum.Symbols[random.Next(@enum.Symbols.Count)],
        AvroFixed @fixed => Bytes(@fixed.Size),
        AvroArray array => new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => Value(array.Items))]),
        AvroMap map => new JsonObject(Enumerable.Range(0, random.Next(4)).Select(i => new KeyValuePair<string, JsonNode?>("kü" + i, Value(map.Values)))),
        AvroUnion union => Branch(union),
        _ => Primitive(schema.Type),
    };

    private JsonNode? Branch(AvroUnion union)
    {
        var branch = union.Branches[random.Next(union.Branches.Count)];
        return branch.Type == AvroType.Null ? null : new JsonObject { [branch.BranchName] = Value(branch) };
    }

    private JsonNode? Primitive(AvroType type) => type switch
    {
        AvroType.Null => null,
        AvroType.Boolean => random.Next(2) == 0,
        AvroType.Int => random.Next(int.MinValue, int.MaxValue) >> random.Next(31),
        AvroType.Long => random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(63),
        AvroType.Float => (float)(random.NextDouble() * 1e6),
        AvroType.Double => random.NextDouble() * 1e6,
        AvroType.Bytes => Bytes(random.Next(9)),
        _ => "text ü \U0001F600 " + random.Next(100),
    };

    private string Bytes(int count) => string.Create(count, random, (characters, source) =>
    {
        for (var i = 0; i < characters.Length; i++) characters[i] = (char)source.Next(256);
    });
}
