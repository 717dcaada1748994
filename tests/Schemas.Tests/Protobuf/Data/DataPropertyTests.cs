using Gateway.Schemas.Protobuf.Data;
using Gateway.Schemas.Protobuf.Model;
using Gateway.Schemas.Tests.Protobuf.Data.Modern;
using Google.Protobuf;

namespace Gateway.Schemas.Tests.Protobuf.Data;

/// <summary>What holds for every file and every message, tried on ten thousand of each.</summary>
public class DataPropertyTests
{
    private const int Cases = 10_000;

    [ThreadStatic]
    private static (int Number, ProtoFile File, ProtobufCodec Codec) s_file;

    [Fact]
    public void What_was_encoded_decodes_to_itself_however_its_fields_are_arranged()
    {
        for (var seed = 0; seed < Cases; seed++)
        {
            var random = new Random(seed);
            var (codec, type, json) = Next(seed, random);
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
            var (codec, type, json) = Next(seed, random);
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
            var (codec, type, json) = Next(seed, random);
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

    /// <summary>A random message; eight in a row are of one file, since linking files takes most of the time.</summary>
    private static (ProtobufCodec Codec, ProtoMessage Type, string Json) Next(int seed, Random random)
    {
        if (s_file.Number != seed / 8 || s_file.File is null)
        {
            var file = new RandomFiles(new Random(seed / 8)).Next();
            s_file = (seed / 8, file, new ProtobufCodec(file));
        }
        var type = s_file.File.Messages[random.Next(s_file.File.Messages.Count)];
        return (s_file.Codec, type, new RandomFiles(random).Json(s_file.File, type, 2).ToJsonString());
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
}
