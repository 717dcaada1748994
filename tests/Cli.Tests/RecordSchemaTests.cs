using System.CommandLine;
using System.Text;
using System.Text.Json;
using Gateway.Cli.Output;
using Gateway.Cli.Records;
using Gateway.Cli.Registry;
using Gateway.Common.Records;
using Record = Gateway.Common.Records.Record;

namespace Gateway.Cli.Tests;

/// <summary>Keys and values through schemas: <c>--schema-id</c> and <c>--use-schema-registry</c>.</summary>
public sealed class RecordSchemaTests : IDisposable
{
    private const string User = """{"type":"record","name":"User","fields":[{"name":"name","type":"string"}]}""";
    private const string Older = """{"type":"record","name":"User","fields":[{"name":"name","type":"string"},{"name":"age","type":"int","default":7}]}""";
    private readonly FakeRegistry _fake = new FakeRegistry()
        .On("/schemas/ids/7", RegistryClientTests.Answer(User))
        .On("/schemas/ids/8", RegistryClientTests.Answer(Older))
        .On("/subjects/t-key/versions/latest", """{"id":3,"schema":"\"string\""}""");

    private readonly RegistryClient _registry;

    public RecordSchemaTests() => _registry = new RegistryClient([new Uri("http://registry.test")], _fake);

    public void Dispose() => _registry.Dispose();

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static ConsumedRecord Consumed(byte[]? key, byte[]? value) => new("t", 0, new Record(5, 0, Bytes(key), Bytes(value), []), 0);

    // A null array would convert to empty memory.
    private static ReadOnlyMemory<byte>? Bytes(byte[]? bytes) => bytes is null ? (ReadOnlyMemory<byte>?)null : new ReadOnlyMemory<byte>(bytes);

    private static string? Text(ReadOnlyMemory<byte>? bytes) => bytes is { } present ? Encoding.UTF8.GetString(present.Span) : null;

    [Fact]
    public async Task Json_is_encoded_by_the_id_or_by_the_newest_of_the_subject()
    {
        var encoding = new RecordEncoding(_registry, new SchemaChoice(null), new SchemaChoice(7));
        Assert.Equal([0, 0, 0, 0, 3, 4, (byte)'k', (byte)'1'], await encoding.EncodeAsync("t", RecordPart.Key, Utf8("\"k1\""), [], default));
        Assert.Equal([0, 0, 0, 0, 7, 4, (byte)'Z', (byte)'o'], await encoding.EncodeAsync("t", RecordPart.Value, Utf8("""{"name":"Zo"}"""), [], default));
        Assert.Null(await encoding.EncodeAsync("t", RecordPart.Value, null, [], default));
        Assert.Equal(["/subjects/t-key/versions/latest", "/schemas/ids/7"], _fake.Asked);
        var untouched = new RecordEncoding(_registry, null, null);
        Assert.Equal(Utf8("raw"), await untouched.EncodeAsync("t", RecordPart.Key, Utf8("raw"), [], default));
    }

    [Fact]
    public async Task In_headers_schemas_are_named_by_their_guid_and_the_data_is_bare()
    {
        var guid = Guid.Parse("00010203-0405-0607-0809-0a0b0c0d0e0f");
        const string Files = "syntax = \"proto3\"; message A { int32 x = 1; } message B { message C { int32 y = 1; } }";
        using var fake = new FakeRegistry()
            .On("/schemas/ids/7", $$"""{"schema":{{JsonSerializer.Serialize(User)}},"guid":"{{guid}}"}""")
            .On("/schemas/ids/8", RegistryClientTests.Answer(User))
            .On("/schemas/ids/9", $$"""{"schemaType":"PROTOBUF","schema":{{JsonSerializer.Serialize(Files)}},"guid":"{{guid}}"}""");
        using var registry = new RegistryClient([new Uri("http://registry.test")], fake);
        byte[] named = [1, .. Enumerable.Range(0, 16).Select(i => (byte)i)];
        var headers = new List<RecordHeader> { new("mine", null) };
        var encoding = new RecordEncoding(registry, new SchemaChoice(9, "B.C"), new SchemaChoice(7), inHeaders: true);
        Assert.Equal([4, (byte)'Z', (byte)'o'], await encoding.EncodeAsync("t", RecordPart.Value, Utf8("""{"name":"Zo"}"""), headers, default));
        Assert.Equal([8, 5], await encoding.EncodeAsync("t", RecordPart.Key, Utf8("""{"y":5}"""), headers, default));
        Assert.Null(await encoding.EncodeAsync("t", RecordPart.Key, null, headers, default));
        Assert.Equal(["mine", "__value_schema_id", "__key_schema_id"], headers.Select(header => header.Key));
        Assert.Equal(named, headers[1].Value!.Value.ToArray());
        Assert.Equal([.. named, 4, 2, 0], headers[2].Value!.Value.ToArray());
        headers.Clear();
        var first = new RecordEncoding(registry, null, new SchemaChoice(9), inHeaders: true);
        Assert.Equal([8, 5], await first.EncodeAsync("t", RecordPart.Value, Utf8("""{"x":5}"""), headers, default));
        Assert.Equal([.. named, 0], Assert.Single(headers).Value!.Value.ToArray());
        var older = new RecordEncoding(registry, null, new SchemaChoice(8), inHeaders: true);
        CommandException failure = await Assert.ThrowsAsync<CommandException>(async () => await older.EncodeAsync("t", RecordPart.Value, Utf8("""{"name":"Zo"}"""), headers, default));
        Assert.Equal("the schema registry tells no GUID of schema 8, which --schema-in-header needs", failure.Message);
    }

    [Theory]
    [InlineData("""{"name":5}""", "the value does not fit schema 7: ")]
    [InlineData("name", "the value is not JSON, which schema 7 asks for: ")]
    [InlineData("", "the value is not JSON, which schema 7 asks for: ")]
    public async Task What_does_not_fit_says_why(string json, string message)
    {
        var encoding = new RecordEncoding(_registry, null, new SchemaChoice(7));
        FormatException failure = await Assert.ThrowsAsync<FormatException>(async () => await encoding.EncodeAsync("t", RecordPart.Value, Utf8(json), [], default));
        Assert.StartsWith(message, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_type_the_schema_has_not_is_refused()
    {
        var encoding = new RecordEncoding(_registry, null, new SchemaChoice(7, "Other"));
        CommandException failure = await Assert.ThrowsAsync<CommandException>(async () => await encoding.EncodeAsync("t", RecordPart.Value, Utf8("{}"), [], default));
        Assert.Equal("schema 7 (AVRO) has no message type 'Other'", failure.Message);
    }

    [Fact]
    public async Task Framed_data_is_decoded_by_the_schema_it_names()
    {
        var decoding = new RecordDecoding(_registry, null, new PartDecoding(null));
        ConsumedRecord shown = await decoding.DecodeAsync(Consumed(Utf8("k"), [0, 0, 0, 0, 7, 6, (byte)'Z', 0xc3, 0xb6]), default);
        Assert.Equal(("k", """{"name":"Zö"}""", null, 7), (Text(shown.Record.Key), Text(shown.Record.Value), shown.KeySchemaId, shown.ValueSchemaId));
        Assert.Equal(
            """{"topic":"t","key":"k","value":"{\"name\":\"Zö\"}","value_schema_id":7,"timestamp":0,"partition":0,"offset":5}""",
            JsonOutput.OneLine(RecordJson.Of(shown)));
        Assert.Null((await decoding.DecodeAsync(Consumed(null, null), default)).Record.Value);
    }

    [Fact]
    public async Task A_reading_schema_shows_others_data_as_its_own_and_takes_bare_data_for_it()
    {
        var decoding = new RecordDecoding(_registry, null, new PartDecoding(new SchemaChoice(8)));
        ConsumedRecord framed = await decoding.DecodeAsync(Consumed(null, [0, 0, 0, 0, 7, 2, (byte)'A']), default);
        Assert.Equal(("""{"name":"A","age":7}""", 7), (Text(framed.Record.Value), framed.ValueSchemaId));
        ConsumedRecord bare = await decoding.DecodeAsync(Consumed(null, [2, (byte)'B', 4]), default);
        Assert.Equal(("""{"name":"B","age":2}""", 8), (Text(bare.Record.Value), bare.ValueSchemaId));
    }

    [Fact]
    public async Task Headers_and_guids_name_schemas_too()
    {
        const string guid = "095d71cf-1255-6b9d-5e33-0ad575b3df5d";
        byte[] frame = [1, .. Guid.Parse(guid).ToByteArray(bigEndian: true)];
        _fake.On($"/schemas/guids/{guid}", RegistryClientTests.Answer(User)).On($"/schemas/guids/{guid}/ids", """[{"context":".","id":7}]""");
        var decoding = new RecordDecoding(_registry, null, new PartDecoding(null));
        ConsumedRecord prefixed = await decoding.DecodeAsync(Consumed(null, [.. frame, 2, (byte)'A']), default);
        Assert.Equal(("""{"name":"A"}""", 7), (Text(prefixed.Record.Value), prefixed.ValueSchemaId));
        ConsumedRecord bare = Consumed(null, [2, (byte)'B']);
        ConsumedRecord headed = await decoding.DecodeAsync(bare with { Record = bare.Record with { Headers = [new("__value_schema_id", frame)] } }, default);
        Assert.Equal(("""{"name":"B"}""", 7), (Text(headed.Record.Value), headed.ValueSchemaId));
        headed = await decoding.DecodeAsync(
            bare with { Record = bare.Record with { Headers = [new("__value_schema_id", new byte[] { 0, 0, 0, 0, 7 })] } }, default);
        Assert.Equal(("""{"name":"B"}""", 7), (Text(headed.Record.Value), headed.ValueSchemaId));
        Assert.Equal([$"/schemas/guids/{guid}", $"/schemas/guids/{guid}/ids", "/schemas/ids/7"], _fake.Asked);
    }

    [Fact]
    public async Task What_cannot_be_decoded_says_why_and_asks_once()
    {
        var decoding = new RecordDecoding(_registry, null, new PartDecoding(null));
        async Task<string> FaultAsync(params byte[] value) =>
            (await Assert.ThrowsAsync<FormatException>(async () => await decoding.DecodeAsync(Consumed(null, value), default))).Message;
        Assert.Equal("the value does not begin with a schema id", await FaultAsync(1, 2, 3));
        Assert.StartsWith("the value is not data of schema 7: ", await FaultAsync(0, 0, 0, 0, 7, 100), StringComparison.Ordinal);
        Assert.Contains("Schema not found", await FaultAsync(0, 0, 0, 0, 9, 1), StringComparison.Ordinal);
        Assert.Contains("Schema not found", await FaultAsync(0, 0, 0, 0, 9, 1), StringComparison.Ordinal);
        Assert.Single(_fake.Asked, "/schemas/ids/9");
    }

    [Theory]
    [InlineData("", false, null, false, null)]
    [InlineData("--use-schema-registry", true, "latest", true, "latest")]
    [InlineData("--use-schema-registry=value", false, null, true, "latest")]
    [InlineData("--use-schema-registry=key", true, "latest", false, null)]
    [InlineData("--schema-id 7", false, null, true, "7")]
    [InlineData("--schema-id topic --schema-key-id 9", true, "9", true, "latest")]
    [InlineData("--use-schema-registry --schema-id 7", true, "latest", true, "7")]
    public void The_options_of_produce_choose_schemas(string options, bool asksKey, string? key, bool asksValue, string? value)
    {
        var set = SchemaOptionSet.ForProduce();
        var command = new RootCommand("x") { new Argument<string>("TOPIC") };
        set.AddTo(command);
        string[] words = [.. options.Split(' ', StringSplitOptions.RemoveEmptyEntries), "orders"];
        ParseResult parsed = command.Parse([.. words.Select(SchemaOptionSet.Complete)]);
        Assert.Empty(parsed.Errors);
        Assert.Equal("orders", parsed.GetValue<string>("TOPIC"));
        Assert.Equal((asksKey, key), Shown(set.KeyOf(parsed)));
        Assert.Equal((asksValue, value), Shown(set.ValueOf(parsed)));
    }

    [Theory]
    [InlineData("--schema-id seven", "--schema-id: 'seven' is neither a schema id nor the word topic")]
    [InlineData("--schema-id 0", "--schema-id: '0' is neither a schema id nor the word topic")]
    [InlineData("--use-schema-registry=both", "--use-schema-registry: 'both' is neither key nor value")]
    [InlineData("--schema-type M", "--schema-type: it needs --schema-id or --use-schema-registry as well")]
    public void Wrong_options_say_what_there_is(string options, string message)
    {
        var set = SchemaOptionSet.ForProduce();
        var command = new RootCommand("x");
        set.AddTo(command);
        ParseResult parsed = command.Parse(options);
        Assert.Equal(message, Assert.Throws<CommandException>(() => set.IsAsked(parsed) && set.ValueOf(parsed).Asked).Message);
    }

    private static (bool Asked, string? Choice) Shown((bool Asked, SchemaChoice? Choice) part) =>
        (part.Asked, part.Choice is null ? null : part.Choice.Id?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "latest");
}
