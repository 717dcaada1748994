using System.Buffers;
using System.Text.Json;

namespace Gateway.Schemas.Tests;

/// <summary>A few bytes must not become gigabytes: not by long names around small values, nor by long names joined to many others.</summary>
public class AmplificationTests
{
    private static readonly string Long = new('n', 900_000);

    [Fact]
    public void Avro_items_without_data_may_not_repeat_a_long_name()
    {
        var schema = Parsed.Schema($$$"""{"type":"array","items":{"type":"record","name":"Y","fields":[{"name":"{{{Long}}}","type":"null"}]}}""");
        byte[] fiveThousandEmptyItems = [0x90, 0x4e, 0];
        TooMuch(schema, fiveThousandEmptyItems);
        TooMuch(Parsed.Schema($$$"""{"type":"array","items":{"type":"enum","name":"E","symbols":["{{{Long}}}"]}}"""), [0x90, 0x4e, .. new byte[5_001]]);
        // Once is no fault.
        Assert.Equal($$$"""[{"{{{Long}}}":null}]""", schema.Decode([2, 0]));
    }

    [Fact]
    public void Avro_defaults_may_not_be_repeated_without_end()
    {
        var writer = Parsed.Schema("""{"type":"array","items":{"type":"record","name":"Y","fields":[]}}""");
        var reader = Parsed.Schema($$$"""{"type":"array","items":{"type":"record","name":"Y","fields":[{"name":"s","type":"string","default":"{{{Long}}}"}]}}""");
        Assert.Throws<SchemaBudgetException>(() => Discarded(json => reader.DecodeToJson(writer, new byte[] { 0x90, 0x4e, 0 }, JsonForm.Exact, json, SchemaBudget.Default)));
    }

    [Fact]
    public void Protobuf_messages_without_data_may_not_repeat_a_long_name()
    {
        var schema = Of(SchemaTypes.Protobuf, $"syntax = \"proto3\"; message M {{ repeated M m = 1; int32 {Long[..60_000]} = 2; }}");
        var bytes = new List<byte> { 0 };
        for (var i = 0; i < 20_000; i++) bytes.AddRange([0x0a, 2, 0x10, 1]);
        TooMuch(schema, [.. bytes]);
        schema = Of(SchemaTypes.Protobuf, $"syntax = \"proto3\"; enum E {{ {Long[..60_000]} = 0; }} message M {{ repeated E e = 1; }}");
        TooMuch(schema, [0, 0x0a, 0xa0, 0x9c, 1, .. new byte[20_000]]);
    }

    [Theory]
    [InlineData(SchemaTypes.Avro)]
    [InlineData(SchemaTypes.Json)]
    public void A_long_name_many_others_are_joined_to_is_paid_for(string type)
    {
        var many = Enumerable.Range(0, 3_000);
        var fields = string.Join(',', many.Select(i => $"{{\"name\":\"f{i}\",\"type\":{{\"type\":\"fixed\",\"name\":\"F{i}\",\"size\":1}}}}"));
        var definitions = string.Join(',', many.Select(i => $"\"d{i}\":{{\"$id\":\"i{i}\"}}"));
        var text = type == SchemaTypes.Avro
            ? $"{{\"type\":\"record\",\"name\":\"R\",\"namespace\":\"{Long[..300_000]}\",\"fields\":[{fields}]}}"
            : $"{{\"$id\":\"http://{Long[..300_000]}/\",\"definitions\":{{{definitions}}}}}";
        var result = SchemaLanguages.All.Parse(type, text, [], SchemaParseOptions.New);
        Assert.Contains("steps", result.Error!.Message, StringComparison.Ordinal);
    }

    private static ISchema Of(string type, string text)
    {
        var result = SchemaLanguages.All.Parse(type, text, [], SchemaParseOptions.New);
        Assert.True(result.Schema is not null, result.Error?.ToString());
        return result.Schema!;
    }

    private static void TooMuch(ISchema schema, byte[] payload) =>
        Assert.Throws<SchemaBudgetException>(() => Discarded(json => schema.DecodeToJson(payload, JsonForm.Exact, json, SchemaBudget.Default)));

    private static void Discarded(Action<Utf8JsonWriter> write)
    {
        using var json = new Utf8JsonWriter(new ArrayBufferWriter<byte>());
        write(json);
    }
}
