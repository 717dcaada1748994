using System.Collections;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Gateway.Schemas.Tests.Protobuf.Data;

/// <summary>Fills messages of generated types with values that lean towards the edges.</summary>
internal sealed class RandomMessages(Random random, IReadOnlyList<MessageDescriptor> forAny)
{
    private static readonly long[] EdgeLongs = [0, 1, -1, 127, 128, int.MaxValue, int.MinValue, uint.MaxValue, long.MaxValue, long.MinValue, 1L << 53, 300];

    private static readonly double[] EdgeDoubles =
        [0, 1, -1, 0.1, 1e300, 5e-324, double.MaxValue, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1e21, 123456789.125];

    private static readonly float[] EdgeFloats =
        [0, 1, -1, 0.1f, 1e30f, float.Epsilon, float.MaxValue, float.NaN, float.PositiveInfinity, float.NegativeInfinity, 16777216];

    private static readonly string[] Texts = ["", "a", "hello", "\"quoted\" \\ / \n\t", "žluťoučký", "漢字", "😀", "\u0001\u007f", "<&>'", "x y"];

    public T Next<T>() where T : IMessage<T>, new()
    {
        var message = new T();
        Fill(message, 2);
        return message;
    }

    public void Fill(IMessage message, int depth)
    {
        switch (message)
        {
            case Timestamp time:
                time.Seconds = random.Next(4) == 0 ? random.Next(2) == 0 ? -62135596800 : 253402300799 : random.NextInt64(-62135596800, 253402300800);
                time.Nanos = Nanos();
                return;
            case Duration duration:
                var sign = random.Next(2) == 0 ? -1 : 1;
                duration.Seconds = random.Next(3) == 0 ? 0 : sign * random.NextInt64(0, 315576000001);
                duration.Nanos = sign * Nanos();
                return;
            case FieldMask mask:
                for (var i = random.Next(3); i > 0; i--) mask.Paths.Add(random.Next(2) == 0 ? "foo_bar.baz" : "x.y_z1.abc");
                return;
            case Value value:
                FillValue(value, depth);
                return;
            case Struct structure:
                for (var i = random.Next(4); i > 0; i--) structure.Fields["k" + Text()] = NextValue(depth - 1);
                return;
            case ListValue list:
                for (var i = random.Next(4); i > 0; i--) list.Values.Add(NextValue(depth - 1));
                return;
            case Any any:
                var inner = forAny[random.Next(forAny.Count)].Parser.ParseFrom(ByteString.Empty);
                if (depth > 0) Fill(inner, depth - 1);
                if (inner is Value { KindCase: Value.KindOneofCase.None } none) none.NumberValue = 1;
                any.MergeFrom(Any.Pack(inner));
                return;
        }
        foreach (var field in message.Descriptor.Fields.InDeclarationOrder())
        {
            if (field.RealContainingOneof is { } oneOf && oneOf.Accessor.GetCaseFieldDescriptor(message) is not null) continue;
            var isMessage = field.FieldType is FieldType.Message or FieldType.Group;
            if (!field.IsRequired && (random.Next(4) > 0 || (isMessage && depth <= 0))) continue;
            Set(message, field, depth - 1);
        }
    }

    private void Set(IMessage message, FieldDescriptor field, int depth)
    {
        if (field.IsMap)
        {
            var map = (IDictionary)field.Accessor.GetValue(message);
            var (key, value) = (field.MessageType.FindFieldByNumber(1), field.MessageType.FindFieldByNumber(2));
            for (var i = random.Next(random.Next(10) == 0 ? 20 : 4); i > 0; i--) map[Single(key, depth)] = Single(value, depth);
        }
        else if (field.IsRepeated)
        {
            var list = (IList)field.Accessor.GetValue(message);
            for (var i = random.Next(5); i > 0; i--) list.Add(Single(field, depth));
        }
        else
        {
            field.Accessor.SetValue(message, Single(field, depth));
        }
    }

    private object Single(FieldDescriptor field, int depth)
    {
        // A wrapper field is its value to C#.
        if (field.FieldType == FieldType.Message && field.MessageType.File.Name == "google/protobuf/wrappers.proto" && !field.ContainingType.File.Name.StartsWith("google", StringComparison.Ordinal))
            return Single(field.MessageType.FindFieldByNumber(1), depth);
        switch (field.FieldType)
        {
            case FieldType.Double: return Pick(EdgeDoubles, () => random.NextDouble() * 1000);
            case FieldType.Float: return Pick(EdgeFloats, () => random.NextSingle() * 1000);
            case FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32: return (int)Long();
            case FieldType.UInt32 or FieldType.Fixed32: return (uint)Long();
            case FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64: return Long();
            case FieldType.UInt64 or FieldType.Fixed64: return (ulong)Long();
            case FieldType.Bool: return random.Next(2) == 0;
            case FieldType.String: return Text();
            case FieldType.Bytes: return ByteString.CopyFrom(Encoding.UTF8.GetBytes(Text()));
            case FieldType.Enum:
                var values = field.EnumType.Values;
                var isOpen = field.EnumType.File.ToProto().Syntax == "proto3" && field.EnumType.FullName != "google.protobuf.NullValue";
                var number = isOpen && random.Next(5) == 0 ? (int)Long() : values[random.Next(values.Count)].Number;
                return System.Enum.ToObject(field.EnumType.ClrType, number);
            default:
                var message = field.MessageType.Parser.ParseFromEmpty();
                Fill(message, depth);
                return message;
        }
    }

    private Value NextValue(int depth)
    {
        var value = new Value();
        FillValue(value, depth);
        return value;
    }

    private void FillValue(Value value, int depth)
    {
        switch (random.Next(depth > 0 ? 6 : 4))
        {
            case 0:
                value.NullValue = NullValue.NullValue;
                break;
            case 1:
                value.NumberValue = random.Next(2) == 0 ? random.Next(100) : random.NextDouble() * 1e10;
                break;
            case 2:
                value.StringValue = Text();
                break;
            case 3:
                value.BoolValue = random.Next(2) == 0;
                break;
            case 4:
                value.StructValue = new Struct();
                Fill(value.StructValue, depth - 1);
                break;
            default:
                value.ListValue = new ListValue();
                Fill(value.ListValue, depth - 1);
                break;
        }
    }

    private int Nanos() => random.Next(4) switch
    {
        0 => 0,
        1 => random.Next(1000) * 1_000_000,
        2 => random.Next(1_000_000) * 1000,
        _ => random.Next(1_000_000_000),
    };

    private long Long() => Pick(EdgeLongs, () => random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64));

    private string Text() => random.Next(8) == 0 ? new string('é', random.Next(200)) : Texts[random.Next(Texts.Length)];

    private T Pick<T>(T[] edges, Func<T> other) => random.Next(2) == 0 ? edges[random.Next(edges.Length)] : other();
}

internal static class EmptyMessages
{
    /// <summary>A message without anything, also where something is required.</summary>
    public static IMessage ParseFromEmpty(this MessageParser parser) => (IMessage)Activator.CreateInstance(parser.GetType().GenericTypeArguments[0])!;
}
