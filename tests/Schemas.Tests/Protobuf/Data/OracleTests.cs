using Gateway.Schemas.Protobuf.Data;
using Gateway.Schemas.Protobuf.Model;
using Gateway.Schemas.Tests.Protobuf.Data.Classic;
using Gateway.Schemas.Tests.Protobuf.Data.Modern;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Gateway.Schemas.Tests.Protobuf.Data;

/// <summary>
/// Google.Protobuf's generated code, formatter and parser say what is right, for ten thousand random messages.
/// Each is also written as no serialiser would, fields shuffled and messages in parts, and must stay what it was.
/// </summary>
public class OracleTests
{
    private const int Cases = 10_000;

    private static readonly MessageDescriptor[] ForAny =
        [Everything.Descriptor, Timestamp.Descriptor, Duration.Descriptor, Struct.Descriptor, Int64Value.Descriptor, FieldMask.Descriptor];

    private static readonly TypeRegistry Types = TypeRegistry.FromFiles(ModernReflection.Descriptor, ClassicReflection.Descriptor);
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithTypeRegistry(Types));

    [Fact]
    public void Every_scalar_repeated_or_in_a_oneof_converts_as_it_does_there() => Agree<Everything>(ModernReflection.Descriptor, Cases / 4);

    [Fact]
    public void Maps_convert_as_they_do_there() => Agree<Maps>(ModernReflection.Descriptor, Cases / 4);

    [Fact]
    public void Well_known_types_convert_as_they_do_there() => Agree<WellKnown>(ModernReflection.Descriptor, Cases / 4);

    [Fact]
    public void Proto2_converts_as_it_does_there() => Agree<Order>(ClassicReflection.Descriptor, Cases / 4);

    private static void Agree<T>(FileDescriptor descriptor, int cases) where T : IMessage<T>, new()
    {
        var file = Converted.FileOf(descriptor);
        var codec = new ProtobufCodec(file);
        var type = file.FindMessage(new T().Descriptor.FullName)!;
        var parser = new MessageParser<T>(() => new T());
        for (var seed = 0; seed < cases; seed++)
        {
            var random = new Random(seed);
            var message = new RandomMessages(random, ForAny).Next<T>();
            var payload = type.Payload(message.ToByteArray());
            var expected = Formatter.Format(message);

            var decoded = codec.Decode(payload);
            Assert.True(Converted.SameJson(expected, decoded), $"seed {seed}: {decoded} instead of {expected}");
            var encoded = codec.Encode(type, expected);
            Assert.True(encoded.AsSpan().SequenceEqual(codec.Encode(type, decoded)), $"seed {seed}: {decoded} and {expected} differ in binary");
            // Where C# leaves out what is zero in a map entry, we write it as most do; all else is the same to the byte.
            if (decoded.Length > 0 && !HasMaps(type)) Assert.Equal(payload, encoded);
            Assert.Equal(message, parser.ParseFrom(encoded.AsSpan(payload.Length - message.CalculateSize())));
            codec.Validate(payload, SchemaBudget.Default);

            var rearranged = type.Payload(new Rearranged(random).Message(type, message.ToByteArray()));
            var again = codec.Decode(rearranged);
            Assert.True(Converted.SameJson(expected, again), $"seed {seed}, rearranged: {again} instead of {expected}");
            codec.Validate(rearranged, SchemaBudget.Default);
        }
    }

    [Fact]
    public void Two_messages_one_after_the_other_are_merged_as_they_are_there()
    {
        Merge<Everything>(ModernReflection.Descriptor, Cases / 10);
        Merge<Maps>(ModernReflection.Descriptor, Cases / 10);
        Merge<WellKnown>(ModernReflection.Descriptor, Cases / 10);
        Merge<Order>(ClassicReflection.Descriptor, Cases / 10);
    }

    /// <summary>Protobuf says what the bytes of two messages in a row mean: the one merged into the other.</summary>
    private static void Merge<T>(FileDescriptor descriptor, int cases) where T : IMessage<T>, new()
    {
        var file = Converted.FileOf(descriptor);
        var codec = new ProtobufCodec(file);
        var type = file.FindMessage(new T().Descriptor.FullName)!;
        var parser = new MessageParser<T>(() => new T());
        for (var seed = 0; seed < cases; seed++)
        {
            var random = new Random(seed);
            var messages = new RandomMessages(random, [Everything.Descriptor]);
            byte[] bytes = [.. messages.Next<T>().ToByteArray(), .. messages.Next<T>().ToByteArray()];
            string expected;
            try
            {
                expected = Formatter.Format(parser.ParseFrom(bytes));
            }
            catch (InvalidOperationException)
            {
                // Two times or durations merged can be out of range.
                continue;
            }
            var decoded = codec.Decode(type.Payload(bytes));
            Assert.True(Converted.SameJson(expected, decoded), $"seed {seed}: {decoded} instead of {expected}");
        }
    }

    private static bool HasMaps(ProtoMessage type) => type.Name != nameof(Everything);
}
