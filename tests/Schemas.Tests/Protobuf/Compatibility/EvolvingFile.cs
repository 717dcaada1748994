using System.Globalization;
using System.Text.Json.Nodes;
using Gateway.Schemas.Protobuf.Model;
using Google.Protobuf.Reflection;
using Label = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Label;
using Type = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Type;

namespace Gateway.Schemas.Tests.Protobuf.Compatibility;

/// <summary>A random file, random edits of it, and random data of its first message.</summary>
internal sealed class EvolvingFile(Random random)
{
    private static readonly Type[] Scalars =
    [
        Type.Int32, Type.Int64, Type.Uint32, Type.Uint64, Type.Sint32, Type.Sint64, Type.Fixed32, Type.Sfixed32, Type.Fixed64, Type.Sfixed64,
        Type.Bool, Type.String, Type.Bytes, Type.Float, Type.Double,
    ];

    private int _names;

    public FileDescriptorProto Proto { get; private set; } = new();

    public static EvolvingFile Next(Random random)
    {
        var file = new EvolvingFile(random) { Proto = new FileDescriptorProto { Name = "test.proto", Package = "p", Syntax = random.Next(2) == 0 ? "proto2" : "proto3" } };
        file.Proto.EnumType.Add(new EnumDescriptorProto { Name = "E", Value = { Constant("A", 0), Constant("B", 1), Constant("C", 5) } });
        for (var i = 0; i < 3; i++) file.Proto.MessageType.Add(new DescriptorProto { Name = "M" + i.ToString(CultureInfo.InvariantCulture) });
        foreach (var message in file.Proto.MessageType)
            for (var i = random.Next(1, 6); i > 0; i--) file.AddField(message);
        return file;
    }

    public ProtoFile Link()
    {
        var file = ProtoLinker.Link([Proto.Clone()], SchemaBudget.Default, out var error);
        Assert.True(file is not null, error + " " + Proto);
        return file!;
    }

    /// <summary>The same file with a few edits, harmless or not.</summary>
    public EvolvingFile Edited()
    {
        var edited = new EvolvingFile(random) { Proto = Proto.Clone(), _names = _names };
        for (var i = random.Next(1, 4); i > 0; i--) edited.Edit(edited.Proto.MessageType[random.Next(edited.Proto.MessageType.Count)]);
        return edited;
    }

    private bool IsProto3 => Proto.Syntax == "proto3";

    private void Edit(DescriptorProto message)
    {
        var field = message.Field.Count > 0 ? message.Field[random.Next(message.Field.Count)] : null;
        switch (random.Next(12))
        {
            case 0 or 1 or 2:
                AddField(message);
                break;
            case 3 when field is not null:
                Remove(message, field);
                break;
            case 4 when field is not null:
                field.Name = Name("renamed");
                field.ClearJsonName();
                break;
            case 5 or 6 when field is not null && !IsMap(message, field):
                SetType(field, Scalars[random.Next(Scalars.Length)]);
                break;
            case 7 when field is not null && !IsMap(message, field):
                if (random.Next(2) == 0) SetType(field, Type.Enum);
                else SetType(field, Type.Message);
                break;
            case 8 when field is not null && !field.HasOneofIndex && !IsMap(message, field):
                field.Label = Labels[random.Next(Labels.Length)];
                break;
            case 9 when field is not null && !field.HasOneofIndex && field.Label == Label.Optional && !IsMap(message, field):
                var oneOfs = message.OneofDecl.Count;
                if (oneOfs == 0 || random.Next(2) == 0) message.OneofDecl.Add(new OneofDescriptorProto { Name = Name("one") });
                field.OneofIndex = message.OneofDecl.Count - 1;
                break;
            case 10 when field is { HasOneofIndex: true }:
                field.ClearOneofIndex();
                DropEmptyOneOfs(message);
                break;
            case 11:
                Proto.EnumType[0].Value.Add(Constant(Name("C"), random.Next(10, 1000)));
                break;
        }
    }

    private Label[] Labels => IsProto3 ? [Label.Optional, Label.Repeated] : [Label.Optional, Label.Repeated, Label.Required];

    private void AddField(DescriptorProto message)
    {
        var number = random.Next(1, 40);
        if (message.Field.Any(field => field.Number == number)) return;
        var added = new FieldDescriptorProto { Name = Name("f"), Number = number, Label = Labels[random.Next(Labels.Length)] };
        switch (random.Next(8))
        {
            case 0:
                SetType(added, Type.Message);
                if (added.Label == Label.Required) added.Label = Label.Optional;
                break;
            case 1:
                SetType(added, Type.Enum);
                break;
            case 2:
                var entry = new DescriptorProto { Name = Name("F") + "Entry", Options = new MessageOptions { MapEntry = true } };
                entry.Field.Add(new FieldDescriptorProto { Name = "key", Number = 1, Label = Label.Optional, Type = Type.String });
                var value = new FieldDescriptorProto { Name = "value", Number = 2, Label = Label.Optional };
                SetType(value, random.Next(3) == 0 ? Type.Message : Scalars[random.Next(Scalars.Length)]);
                entry.Field.Add(value);
                message.NestedType.Add(entry);
                added.Label = Label.Repeated;
                added.Type = Type.Message;
                added.TypeName = $".p.{message.Name}.{entry.Name}";
                break;
            default:
                SetType(added, Scalars[random.Next(Scalars.Length)]);
                break;
        }
        if (added.Label == Label.Optional && random.Next(4) == 0)
        {
            if (message.OneofDecl.Count == 0) message.OneofDecl.Add(new OneofDescriptorProto { Name = Name("one") });
            added.OneofIndex = message.OneofDecl.Count - 1;
        }
        message.Field.Add(added);
    }

    private void SetType(FieldDescriptorProto field, Type type)
    {
        field.Type = type;
        field.TypeName = type switch
        {
            Type.Message => ".p.M" + random.Next(3).ToString(CultureInfo.InvariantCulture),
            Type.Enum => ".p.E",
            _ => "",
        };
        if (field.TypeName.Length == 0) field.ClearTypeName();
    }

    private static void Remove(DescriptorProto message, FieldDescriptorProto field)
    {
        if (IsMap(message, field)) message.NestedType.Remove(message.NestedType.Single(type => field.TypeName.EndsWith("." + type.Name, StringComparison.Ordinal)));
        message.Field.Remove(field);
        DropEmptyOneOfs(message);
    }

    private static void DropEmptyOneOfs(DescriptorProto message)
    {
        for (var i = message.OneofDecl.Count - 1; i >= 0; i--)
        {
            if (message.Field.Any(field => field.HasOneofIndex && field.OneofIndex == i)) continue;
            message.OneofDecl.RemoveAt(i);
            foreach (var field in message.Field.Where(field => field.HasOneofIndex && field.OneofIndex > i)) field.OneofIndex--;
        }
    }

    private static bool IsMap(DescriptorProto message, FieldDescriptorProto field) =>
        message.NestedType.Any(type => field.TypeName.EndsWith("." + type.Name, StringComparison.Ordinal));

    private string Name(string prefix) => prefix + (++_names).ToString(CultureInfo.InvariantCulture);

    private static EnumValueDescriptorProto Constant(string name, int number) => new() { Name = name, Number = number };

    /// <summary>A value with everything that is required, and the rest at random.</summary>
    public JsonObject Value(ProtoMessage message, int depth = 0)
    {
        var value = new JsonObject();
        var taken = new HashSet<ProtoOneOf>();
        foreach (var field in message.Fields)
        {
            var isDeep = depth > 2 && field.Kind == ProtoKind.Message;
            if (!field.IsRequired && (isDeep || random.Next(3) == 0)) continue;
            if (field.OneOf is not null && !taken.Add(field.OneOf)) continue;
            if (field.IsMap)
            {
                var entries = new JsonObject();
                for (var i = random.Next(3); i > 0; i--)
                    entries["k" + i.ToString(CultureInfo.InvariantCulture)] = Single(field.MessageType!.Find(2)!, depth + 1);
                value[field.JsonName] = entries;
            }
            else if (field.IsRepeated)
            {
                value[field.JsonName] = new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => Single(field, depth + 1))]);
            }
            else value[field.JsonName] = Single(field, depth + 1);
        }
        return value;
    }

    private JsonNode Single(ProtoField field, int depth) => field.Kind switch
    {
        ProtoKind.Message => Value(field.MessageType!, depth),
        ProtoKind.Bool => random.Next(2) == 0,
        ProtoKind.String => "s" + random.Next(100).ToString(CultureInfo.InvariantCulture),
        // Sometimes bytes that are no text.
        ProtoKind.Bytes => Convert.ToBase64String(random.Next(4) == 0 ? [0xff, 0x80] : "bytes"u8.ToArray()),
        ProtoKind.Float or ProtoKind.Double => random.Next(100) / 4.0,
        ProtoKind.Enum => random.Next(2) == 0 ? "B" : "C",
        ProtoKind.UInt32 or ProtoKind.Fixed32 => random.Next(),
        ProtoKind.UInt64 or ProtoKind.Fixed64 => random.NextInt64().ToString(CultureInfo.InvariantCulture),
        ProtoKind.Int64 or ProtoKind.SInt64 or ProtoKind.SFixed64 => random.NextInt64(long.MinValue, long.MaxValue).ToString(CultureInfo.InvariantCulture),
        _ => random.Next(int.MinValue, int.MaxValue),
    };
}
