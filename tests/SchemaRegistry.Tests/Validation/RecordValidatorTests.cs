using System.Buffers;
using System.Text.Json;
using Gateway.Common.Records;
using Gateway.Schemas;

namespace Gateway.SchemaRegistry.Tests.Validation;

/// <summary>What the registry says of produced records (schema-registry 5).</summary>
public class RecordValidatorTests
{
    private const string Order = """{"type":"record","name":"shop.Order","fields":[{"name":"id","type":"long"}]}""";
    private const string Files = "syntax = \"proto3\";\npackage shop;\n\nmessage First {\n  string a = 1;\n}\nmessage Second {\n  message Inner {\n    int32 b = 1;\n  }\n}\n";

    private static readonly SchemaRules Values = new() { Value = SubjectNaming.TopicName };

    private static byte[] WithId(int id, params byte[] payload)
    {
        var bytes = new byte[SchemaIdPrefix.Length];
        SchemaIdPrefix.Write(bytes, id);
        return [.. bytes, .. payload];
    }

    private static byte[] WithGuid(Guid guid, params byte[] payload) => [1, .. guid.ToByteArray(bigEndian: true), .. payload];

    private static string? Judge(RegistryServer server, SchemaRules rules, byte[]? key, byte[]? value, params RecordHeader[] headers)
    {
        using var builder = new RecordBatchBuilder(new RecordBatchOptions());
        builder.Append(0, key, value, headers);
        using var lease = builder.Build();
        using var records = BatchRecords.Open(lease.Span);
        var walk = records.GetEnumerator();
        Assert.True(walk.MoveNext());
        return server.Service.RecordValidators.Begin("orders", rules)!.FaultOf(walk.Current);
    }

    private static string? Judge(RegistryServer server, SchemaRules rules, byte[]? value, params RecordHeader[] headers) => Judge(server, rules, null, value, headers);

    private static async Task<Guid> GuidOf(RegistryServer server, int id) => (await server.GetAsync($"/schemas/ids/{id}")).Json.GetProperty("guid").GetGuid();

    [Fact]
    public async Task The_id_must_be_of_the_topics_subject()
    {
        await using var server = await RegistryServer.StartAsync();
        var own = await server.RegisterAsync("orders-value", Order);
        var key = await server.RegisterAsync("orders-key", "\"string\"");
        Assert.Null(Judge(server, Values, WithId(own, 2)));
        Assert.Equal(
            $"The value names schema {key}, which is not registered under the subject 'orders-value'.", Judge(server, Values, WithId(key, 2)));
        Assert.Equal("The value names schema 77, which is not registered.", Judge(server, Values, WithId(77)));
        var both = new SchemaRules { Key = SubjectNaming.TopicName, Value = SubjectNaming.TopicName };
        Assert.Null(Judge(server, both, WithId(key, 2, 65), WithId(own, 2)));
        Assert.Equal(
            $"The key names schema {own}, which is not registered under the subject 'orders-key'.", Judge(server, both, WithId(own), WithId(own, 2)));
    }

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 0, 0, 0, 0 })]
    [InlineData(new byte[] { 1, 0, 0, 0, 1 })]
    [InlineData(new byte[] { 2, 0, 0, 0, 1 })]
    [InlineData(new byte[] { 123, 125 })]
    public async Task What_begins_with_no_id_is_refused_and_null_is_not(byte[] value)
    {
        await using var server = await RegistryServer.StartAsync();
        await server.RegisterAsync("orders-value", Order);
        Assert.Equal("The value does not begin with a schema id.", Judge(server, Values, value));
        Assert.Null(Judge(server, Values, null));
        Assert.Null(Judge(server, new SchemaRules { Key = SubjectNaming.TopicName }, null, value));
    }

    [Fact]
    public async Task A_version_that_is_deleted_softly_is_good_and_one_that_is_gone_is_not()
    {
        await using var server = await RegistryServer.StartAsync();
        var id = await server.RegisterAsync("orders-value", Order);
        await server.DeleteAsync("/subjects/orders-value/versions/1");
        Assert.Null(Judge(server, Values, WithId(id, 2)));
        await server.DeleteAsync("/subjects/orders-value/versions/1?permanent=true");
        Assert.NotNull(Judge(server, Values, WithId(id, 2)));
    }

    [Fact]
    public async Task In_full_the_data_has_to_be_data_of_the_schema()
    {
        await using var server = await RegistryServer.StartAsync();
        var id = await server.RegisterAsync("orders-value", Order);
        var full = Values with { ReadsData = true };
        Assert.Null(Judge(server, full, WithId(id, 2)));
        Assert.StartsWith($"The value is not data of schema {id}: ", Judge(server, full, WithId(id)), StringComparison.Ordinal);
        Assert.StartsWith($"The value is not data of schema {id}: ", Judge(server, full, WithId(id, 2, 2)), StringComparison.Ordinal);
        Assert.Null(Judge(server, Values, WithId(id, 2, 2)));
    }

    [Fact]
    public async Task Names_of_types_make_the_subject_where_the_strategy_says_so()
    {
        await using var server = await RegistryServer.StartAsync();
        var record = await server.RegisterAsync("shop.Order", Order);
        var topicRecord = await server.RegisterAsync("orders-Titled", """{"title":"Titled","type":"object"}""", ",\"schemaType\":\"JSON\"");
        var byRecord = new SchemaRules { Value = SubjectNaming.RecordName };
        var byBoth = new SchemaRules { Value = SubjectNaming.TopicRecordName };
        Assert.Null(Judge(server, byRecord, WithId(record, 2)));
        Assert.EndsWith("under the subject 'orders-shop.Order'.", Judge(server, byBoth, WithId(record, 2)), StringComparison.Ordinal);
        Assert.Null(Judge(server, byBoth, WithId(topicRecord, 123, 125)));
        Assert.EndsWith("under the subject 'Titled'.", Judge(server, byRecord, WithId(topicRecord, 123, 125)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Message_indexes_say_which_type_of_a_proto_file_it_is()
    {
        await using var server = await RegistryServer.StartAsync();
        var id = await server.RegisterAsync("shop.Second.Inner", Files, ",\"schemaType\":\"PROTOBUF\"");
        var byRecord = new SchemaRules { Value = SubjectNaming.RecordName, ReadsData = true };
        Assert.Null(Judge(server, byRecord, WithId(id, 4, 2, 0, 8, 1)));
        Assert.EndsWith("under the subject 'shop.First'.", Judge(server, byRecord, WithId(id, 0)), StringComparison.Ordinal);
        Assert.StartsWith($"The value is not data of schema {id}: ", Judge(server, byRecord, WithId(id, 2, 8)), StringComparison.Ordinal);
        Assert.StartsWith($"The value is not data of schema {id}: ", Judge(server, byRecord, WithId(id, 4, 2, 0, 8)), StringComparison.Ordinal);
        Assert.StartsWith($"The value is not data of schema {id}: ", Judge(server, byRecord, WithId(id)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Guids_stand_for_the_schema_in_whatever_context_it_is()
    {
        await using var server = await RegistryServer.StartAsync();
        await server.RegisterAsync("other", Order);
        var guid = await GuidOf(server, 1);
        Assert.EndsWith("under the subject 'orders-value'.", Judge(server, Values, WithGuid(guid, 2)), StringComparison.Ordinal);
        await server.RegisterAsync(":.shop:orders-value", Order);
        Assert.Null(Judge(server, Values, WithGuid(guid, 2)));
        Assert.Null(Judge(server, Values, WithId(1, 2)));
        Assert.Equal($"The value names schema {Guid.Empty}, which is not registered.", Judge(server, Values, WithGuid(Guid.Empty)));
    }

    [Fact]
    public async Task A_header_names_the_schema_and_leaves_the_data_bare()
    {
        await using var server = await RegistryServer.StartAsync();
        var id = await server.RegisterAsync("orders-value", Order);
        var guid = await GuidOf(server, id);
        var full = Values with { ReadsData = true };
        Assert.Null(Judge(server, full, [2], new RecordHeader("__value_schema_id", WithGuid(guid))));
        Assert.Null(Judge(server, full, [2], new RecordHeader("__value_schema_id", WithId(id))));
        Assert.NotNull(Judge(server, full, WithId(id, 2), new RecordHeader("__value_schema_id", WithGuid(guid))));
        // The last header counts, and the key's is not the value's.
        Assert.Null(Judge(server, full, [2], new RecordHeader("__value_schema_id", WithId(9)), new RecordHeader("__value_schema_id", WithId(id))));
        Assert.Equal("The value does not begin with a schema id.", Judge(server, full, [2], new RecordHeader("__key_schema_id", WithGuid(guid))));
        foreach (var header in new byte[]?[] { null, [], [1, 2, 3], [7] })
        {
            Assert.Equal(
                "The header __value_schema_id holds neither a schema id nor a GUID.", Judge(server, full, [2], new RecordHeader("__value_schema_id", header)));
        }
    }

    [Fact]
    public async Task A_header_of_a_proto_file_holds_the_message_indexes_too()
    {
        await using var server = await RegistryServer.StartAsync();
        var id = await server.RegisterAsync("orders-value", Files, ",\"schemaType\":\"PROTOBUF\"");
        var guid = await GuidOf(server, id);
        var full = Values with { ReadsData = true };
        Assert.Null(Judge(server, full, [8, 1], new RecordHeader("__value_schema_id", WithGuid(guid, 4, 2, 0))));
        Assert.Null(Judge(server, full, [10, 1, 65], new RecordHeader("__value_schema_id", WithGuid(guid))));
        Assert.NotNull(Judge(server, full, [8], new RecordHeader("__value_schema_id", WithGuid(guid, 4, 2, 0))));
        Assert.NotNull(Judge(server, full, [8, 1], new RecordHeader("__value_schema_id", WithGuid(guid, 4, 2, 2))));
    }

    [Fact]
    public async Task An_alias_stands_for_the_subject_and_so_does_what_the_topic_is_tied_to()
    {
        await using var server = await RegistryServer.StartAsync();
        var id = await server.RegisterAsync("elsewhere", Order);
        Assert.NotNull(Judge(server, Values, WithId(id, 2)));
        await server.PutAsync("/config/orders-value", """{"alias":"elsewhere"}""");
        Assert.Null(Judge(server, Values, WithId(id, 2)));
        await server.DeleteAsync("/config/orders-value");
        Assert.NotNull(Judge(server, Values, WithId(id, 2)));
        var tied = await server.PostAsync(
            "/associations", """{"resourceName":"orders","resourceNamespace":"lkc-1","resourceId":"id-1","associations":[{"subject":"elsewhere","associationType":"value","lifecycle":"WEAK"}]}""");
        Assert.True(tied.Status == 200, tied.Text);
        Assert.Null(Judge(server, Values, WithId(id, 2)));
        Assert.NotNull(Judge(server, new SchemaRules { Key = SubjectNaming.TopicName }, WithId(id, 2), value: null));
    }

    [Fact]
    public async Task Nothing_is_judged_before_the_topic_is_read()
    {
        var gate = new TaskCompletionSource();
        var topic = new MemorySchemaTopic { ReadGate = gate.Task };
        topic.Write("""{"keytype":"NOOP","magic":0}""", null);
        await using var server = await RegistryServer.StartAsync(topic, waits: false);
        Assert.Null(server.Service.RecordValidators.Begin("orders", Values));
        gate.SetResult();
        await server.Service.Ready;
        Assert.NotNull(server.Service.RecordValidators.Begin("orders", Values));
    }

    [Fact]
    public async Task Data_that_is_made_to_be_dear_is_data_of_no_schema()
    {
        await using var server = await RegistryServer.StartAsync();
        var id = await server.RegisterAsync("orders-value", """{"type":"array","items":"null"}""");
        // A block of two billion items that take no byte each, then none.
        byte[] dear = [0xfe, 0xff, 0xff, 0xff, 0x0f, 0];
        Assert.StartsWith(
            $"The value is not data of schema {id}: ", Judge(server, Values with { ReadsData = true }, WithId(id, dear)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Whatever_bytes_come_there_is_an_answer(int seed)
    {
        await using var server = await RegistryServer.StartAsync();
        await server.PutAsync("/config", """{"compatibility":"NONE"}""");
        await server.RegisterAsync("orders-value", """
            {"type":"record","name":"R","fields":[{"name":"a","type":["null","string",{"type":"array","items":{"type":"map","values":"R"}}]},
             {"name":"d","type":{"type":"bytes","logicalType":"decimal","precision":9}}]}
            """);
        await server.RegisterAsync("orders-value", """{"type":["object","array"],"properties":{"a":{"pattern":"^(a+)+$"}},"items":{"$ref":"#"}}""", ",\"schemaType\":\"JSON\"");
        await server.RegisterAsync(
            "orders-value", "syntax = \"proto3\"; message A { string a = 1; repeated A b = 2; map<string, A> c = 3; double d = 4; message B { bytes e = 1; } }",
            ",\"schemaType\":\"PROTOBUF\"");
        var random = new Random(seed);
        string[] starts = ["[[[{\"a\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\"}", "{\"a\":1", "\0\u0012\u0002\n", "\u0004\0\u0002"];
        foreach (var naming in Enum.GetValues<SubjectNaming>())
        {
            var rules = new SchemaRules { Key = naming, Value = naming, ReadsData = true };
            for (var i = 0; i < 2000; i++)
            {
                var noise = new byte[random.Next(24)];
                random.NextBytes(noise);
                byte[] payload = [.. random.Next(3) == 0 ? [] : System.Text.Encoding.UTF8.GetBytes(starts[random.Next(starts.Length)]), .. noise];
                var data = random.Next(3) == 0 ? payload : WithId(random.Next(5), payload);
                RecordHeader[] headers = random.Next(3) == 0 ? [new RecordHeader("__value_schema_id", WithId(random.Next(5), noise))] : [];
                Assert.NotEqual("The record could not be validated.", Judge(server, rules, noise, data, headers));
            }
        }
    }

    [Fact]
    public async Task Values_as_the_encoder_writes_them_are_good_in_all_languages()
    {
        await using var server = await RegistryServer.StartAsync();
        (string Schema, string Type, string Json)[] all =
        [
            (Order, SchemaTypes.Avro, """{"id":5}"""), ("""{"type":"object","properties":{"id":{"type":"integer"}}}""", SchemaTypes.Json, """{"id":5}"""),
            (Files, SchemaTypes.Protobuf, """{"a":"x"}"""),
        ];
        foreach (var (schema, type, json) in all)
        {
            var found = (await server.Service.RegisterAsync($"orders-value", type, schema, [], default)).Found!;
            var output = new ArrayBufferWriter<byte>();
            using var value = JsonDocument.Parse(json);
            found.Schema.EncodeJson(value.RootElement, JsonForm.Plain, output, SchemaBudget.Default);
            Assert.Null(Judge(server, Values with { ReadsData = true }, WithId(found.Id, output.WrittenSpan.ToArray())));
            await server.PutAsync("/config/orders-value", """{"compatibility":"NONE"}""");
        }
    }

    private static bool IsKnown(RegistryServer server, SchemaRules rules, byte[]? key, byte[]? value, params RecordHeader[] headers)
    {
        using var builder = new RecordBatchBuilder(new RecordBatchOptions());
        builder.Append(0, key, value, headers);
        using var lease = builder.Build();
        using var records = BatchRecords.Open(lease.Span);
        var walk = records.GetEnumerator();
        Assert.True(walk.MoveNext());
        return server.Service.RecordValidators.IsKnownToFit("orders", rules, walk.Current);
    }

    [Fact]
    public async Task What_was_found_right_is_known_until_the_registry_changes()
    {
        await using var server = await RegistryServer.StartAsync();
        var key = await server.RegisterAsync("orders-key", "\"string\"");
        var value = await server.RegisterAsync("orders-value", Order);
        var guid = await GuidOf(server, value);
        var rules = new SchemaRules { Key = SubjectNaming.TopicName, Value = SubjectNaming.TopicName };
        Assert.False(IsKnown(server, rules, WithId(key, 2, 65), WithId(value, 2)));
        Assert.NotNull(Judge(server, rules, WithId(value), WithId(key)));
        Assert.False(IsKnown(server, rules, WithId(value), WithId(key)));
        Assert.Null(Judge(server, rules, WithId(key, 2, 65), WithId(value, 2)));
        Assert.True(IsKnown(server, rules, WithId(key, 2, 66), WithId(value, 4)));
        Assert.True(IsKnown(server, rules, null, WithId(value, 4)));
        Assert.False(IsKnown(server, rules, WithId(value), WithId(value, 4)));
        Assert.False(IsKnown(server, rules, WithId(key), [1]));
        Assert.False(IsKnown(server, rules, null, [9], new RecordHeader("__value_schema_id", WithGuid(guid))));
        Assert.Null(Judge(server, rules, null, [9], new RecordHeader("__value_schema_id", WithGuid(guid))));
        Assert.True(IsKnown(server, rules, null, [9], new RecordHeader("__value_schema_id", WithGuid(guid))));
        Assert.False(IsKnown(server, rules with { DeadLetterTopic = "d" }, WithId(key), WithId(value)));
        await server.DeleteAsync("/subjects/orders-value/versions/1");
        Assert.False(IsKnown(server, rules, WithId(key), WithId(value)));
        Assert.Null(Judge(server, rules, WithId(key), WithId(value)));
        await server.DeleteAsync("/subjects/orders-value/versions/1?permanent=true");
        Assert.False(IsKnown(server, rules, WithId(key), WithId(value)));
    }

    [Theory]
    [InlineData(SubjectNaming.TopicName, true)]
    [InlineData(SubjectNaming.RecordName, false)]
    [InlineData(SubjectNaming.TopicRecordName, false)]
    public async Task Where_the_data_counts_nothing_is_known_without_it(SubjectNaming naming, bool readsData)
    {
        await using var server = await RegistryServer.StartAsync();
        foreach (var subject in new[] { "orders-value", "shop.Order", "orders-shop.Order" })
            await server.RegisterAsync(subject, Order);
        var rules = new SchemaRules { Value = naming, ReadsData = readsData };
        Assert.Null(Judge(server, rules, WithId(1, 2)));
        Assert.False(IsKnown(server, rules, null, WithId(1, 2)));
    }

    [Fact]
    public async Task Sixteen_schemas_are_known_and_the_one_found_first_gives_way()
    {
        await using var server = await RegistryServer.StartAsync();
        var ids = new List<int>();
        await server.PutAsync("/config/orders-value", """{"compatibility":"NONE"}""");
        for (var i = 0; i < 17; i++) ids.Add(await server.RegisterAsync("orders-value", $$"""{"type":"fixed","name":"F","size":{{i + 1}}}"""));
        var rules = new SchemaRules { Value = SubjectNaming.TopicName };
        foreach (var id in ids) Assert.Null(Judge(server, rules, WithId(id)));
        Assert.Equal([false, .. Enumerable.Repeat(true, 16)], ids.Select(id => IsKnown(server, rules, null, WithId(id))));
    }
}
