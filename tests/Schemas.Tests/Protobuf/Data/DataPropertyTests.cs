using Gateway.Schemas.Protobuf.Compatibility;
using Gateway.Schemas.Protobuf.Data;
using Gateway.Schemas.Protobuf.Model;
using Gateway.Schemas.Tests.Protobuf.Data.Modern;
using Google.Protobuf;

namespace Gateway.Schemas.Tests.Protobuf.Data;

/// <summary>What holds for every file and every message, tried on ten thousand of each.</summary>
public class DataPropertyTests
{
    private const int Cases = 10_000;

    [Fact]
    public void What_was_encoded_decodes_to_itself_however_its_fields_are_arranged()
    {
        for (var seed = 0; seed < Cases; seed++)
        {
            var random = new Random(seed);
            var (codec, type, json) = Next(random);
            var bytes = codec.Encode(type, json);
            var decoded = codec.Decode(bytes);
            Assert.True(Converted.SameJson(json, decoded), $"seed {seed}: {json} became {decoded}");
            Assert.Equal(bytes, codec.Encode(type, decoded));
            codec.Validate(bytes, SchemaBudget.Default);

            var prefix = type.Payload([]).Length;
            var rearranged = type.Payload(new Rearranged(random).Message(type, bytes[prefix..]));
            var again = codec.Decode(rearranged);
            Assert.True(Converted.SameJson(json, again), $"seed {seed}, rearranged: {json} became {again}");
            codec.Validate(rearranged, SchemaBudget.Default);
        }
    }

    [Fact]
    public void Broken_bytes_throw_nothing_but_their_own_exceptions_and_what_decodes_encodes()
    {
        var (wellKnown, everything) = (Converted.FileOf(ModernReflection.Descriptor), new ProtobufCodec(Converted.FileOf(ModernReflection.Descriptor)));
        var (refused, taken) = (0, 0);
        for (var seed = 0; seed < Cases; seed++)
        {
            var random = new Random(seed);
            var (codec, type, json) = Next(random);
            byte[] bytes;
            if (seed % 2 == 0)
            {
                bytes = codec.Encode(type, json);
            }
            else
            {
                (codec, type) = (everything, wellKnown.FindMessage("gateway.test.modern.WellKnown")!);
                bytes = type.Payload(new RandomMessages(random, [Everything.Descriptor]).Next<WellKnown>().ToByteArray());
            }
            bytes = Broken(random, bytes);
            try
            {
                var decoded = codec.Decode(bytes);
                taken++;
                codec.Validate(bytes, SchemaBudget.Default);
                // The indexes may be among what was broken, so the type is whatever they name now.
                var reader = new WireReader(bytes, SchemaBudget.Default, 100);
                type = MessageIndexes.Read(ref reader, type.File);
                var again = codec.Decode(codec.Encode(type, decoded));
                Assert.True(Converted.SameJson(decoded, again), $"seed {seed}: {decoded} became {again}");
            }
            catch (Exception fault) when (fault is SchemaDataException or SchemaBudgetException)
            {
                refused++;
            }
        }
        Assert.True(refused > Cases / 5 && taken > Cases / 20, $"{refused} refused, {taken} taken");
    }

    [Fact]
    public void Broken_JSON_throws_nothing_but_its_own_exceptions()
    {
        var refused = 0;
        for (var seed = 0; seed < Cases; seed++)
        {
            var random = new Random(seed);
            var (codec, type, json) = Next(random);
            var broken = BrokenJson(random, json);
            byte[] bytes;
            try
            {
                bytes = codec.Encode(type, broken);
            }
            catch (Exception fault) when (fault is SchemaDataException or SchemaBudgetException)
            {
                refused++;
                continue;
            }
            catch (System.Text.Json.JsonException)
            {
                continue;
            }
            codec.Validate(bytes, SchemaBudget.Default);
            codec.Decode(bytes);
        }
        Assert.True(refused > Cases / 10, $"{refused} refused");
    }

    [Fact]
    public void Where_backward_holds_old_data_reads_with_the_new_schema()
    {
        var (compatible, incompatible) = (0, 0);
        for (var seed = 0; seed < Cases; seed++)
        {
            var random = new Random(seed);
            // Extensions are not compared, so a change to them can break what is compatible by the table.
            var files = new RandomFiles(random, hasExtensions: false);
            var writer = files.Next();
            var reader = random.Next(3) == 0 ? files.Next() : Evolved(random, writer);
            if (ProtobufComparison.Compare(reader, writer, SchemaBudget.Default).Count > 0)
            {
                incompatible++;
                continue;
            }
            compatible++;
            var type = writer.Messages[random.Next(writer.Messages.Count)];
            var payload = new ProtobufCodec(writer).Encode(type, files.Json(writer, type, 2).ToJsonString());
            var codec = new ProtobufCodec(reader);
            var read = codec.Decode(writer, payload);
            codec.Encode(reader.FindMessage(type.FullName)!, read);
        }
        Assert.True(compatible > Cases / 20 && incompatible > Cases / 20, $"{compatible} compatible, {incompatible} not");
    }

    private static (ProtobufCodec Codec, ProtoMessage Type, string Json) Next(Random random)
    {
        var files = new RandomFiles(random);
        var file = files.Next();
        var type = file.Messages[random.Next(file.Messages.Count)];
        return (new ProtobufCodec(file), type, files.Json(file, type, 2).ToJsonString());
    }

    private static byte[] Broken(Random random, byte[] bytes)
    {
        bytes = [.. bytes];
        for (var i = random.Next(1, 4); i > 0 && bytes.Length > 0; i--)
        {
            switch (random.Next(4))
            {
                case 0:
                    bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    bytes = bytes[..random.Next(bytes.Length)];
                    break;
                default:
                    var at = random.Next(bytes.Length);
                    bytes = [.. bytes[..at], (byte)random.Next(256), .. bytes[at..]];
                    break;
            }
        }
        return bytes;
    }

    private static string BrokenJson(Random random, string json)
    {
        string[] values = ["null", "true", "-1", "1e400", "0.5", "\"\"", "\"x\"", "[]", "{}", "[null]", "{\"a\":{}}", "\"\\ud800\"", "99999999999999999999", "{\"a\":1,\"a\":2}"];
        var colons = Enumerable.Range(0, json.Length).Where(i => json[i] == ':').ToList();
        if (colons.Count == 0) return values[random.Next(values.Length)];
        var start = colons[random.Next(colons.Count)] + 1;
        var end = json.IndexOfAny([',', '}'], start);
        return string.Concat(json.AsSpan(0, start), values[random.Next(values.Length)], json.AsSpan(end));
    }

    /// <summary>The file with a field or two taken away, added, renamed or changed in type.</summary>
    private static ProtoFile Evolved(Random random, ProtoFile file)
    {
        var proto = file.Proto.Clone();
        for (var i = random.Next(1, 3); i > 0; i--)
        {
            var message = proto.MessageType[random.Next(proto.MessageType.Count)];
            if (message.Field.Count == 0) continue;
            var field = message.Field[random.Next(message.Field.Count)];
            switch (random.Next(5))
            {
                case 0 when field.OneofIndex == 0 && !field.HasOneofIndex:
                    message.Field.Remove(field);
                    break;
                case 1:
                    field.Name += "_new";
                    field.JsonName += "New";
                    break;
                case 2:
                    message.Field.Add(new Google.Protobuf.Reflection.FieldDescriptorProto
                    {
                        Name = "added", JsonName = "added", Number = 900,
                        Label = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Label.Optional,
                        Type = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Type.String,
                    });
                    return ProtoLinker.Link([proto], SchemaBudget.Default, out _) ?? file;
                case 3 when field.Type is not (Google.Protobuf.Reflection.FieldDescriptorProto.Types.Type.Message
                    or Google.Protobuf.Reflection.FieldDescriptorProto.Types.Type.Group
                    or Google.Protobuf.Reflection.FieldDescriptorProto.Types.Type.Enum):
                    field.Type = random.Next(2) == 0
                        ? Google.Protobuf.Reflection.FieldDescriptorProto.Types.Type.Int64
                        : Google.Protobuf.Reflection.FieldDescriptorProto.Types.Type.String;
                    field.Options = null;
                    break;
                default:
                    field.Label = field.Label == Google.Protobuf.Reflection.FieldDescriptorProto.Types.Label.Repeated || field.HasOneofIndex
                        ? field.Label
                        : Google.Protobuf.Reflection.FieldDescriptorProto.Types.Label.Repeated;
                    break;
            }
        }
        return ProtoLinker.Link([proto], SchemaBudget.Default, out _) ?? file;
    }
}
