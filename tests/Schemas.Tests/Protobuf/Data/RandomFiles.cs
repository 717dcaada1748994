using System.Globalization;
using System.Text.Json.Nodes;
using Gateway.Schemas.Protobuf.Model;
using Google.Protobuf.Reflection;
using FieldKind = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Type;
using Label = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Label;

namespace Gateway.Schemas.Tests.Protobuf.Data;

/// <summary>Random files of any syntax: recursive messages, maps, oneofs, groups, extensions, enums open and closed.</summary>
internal sealed class RandomFiles(Random random)
{
    private static readonly FieldKind[] Kinds =
    [
        FieldKind.Double, FieldKind.Float, FieldKind.Int64, FieldKind.Uint64, FieldKind.Int32, FieldKind.Fixed64, FieldKind.Fixed32,
        FieldKind.Bool, FieldKind.String, FieldKind.Message, FieldKind.Bytes, FieldKind.Uint32, FieldKind.Enum, FieldKind.Sfixed32,
        FieldKind.Sfixed64, FieldKind.Sint32, FieldKind.Sint64, FieldKind.Message,
    ];

    private readonly string _syntax = new[] { "proto2", "proto3", "editions" }[random.Next(3)];

    private bool IsProto2 => _syntax == "proto2";

    public ProtoFile Next()
    {
        var proto = new FileDescriptorProto { Name = "random.proto", Package = "r", Syntax = _syntax };
        if (_syntax == "editions") proto.Edition = Edition._2023;
        proto.EnumType.Add(Enumeration());
        var messages = random.Next(1, 4);
        for (var i = 0; i < messages; i++)
        {
            var message = Message("M" + i, messages);
            if (_syntax != "proto3") message.ExtensionRange.Add(new DescriptorProto.Types.ExtensionRange { Start = 1000, End = 2000 });
            proto.MessageType.Add(message);
        }
        if (_syntax != "proto3")
        {
            for (var i = 0; i < 2; i++)
            {
                var extension = Field("ext" + i, 1000 + (i * 7), messages);
                extension.Extendee = ".r.M0";
                proto.Extension.Add(extension);
            }
        }
        var file = ProtoLinker.Link([proto], SchemaBudget.Default, out var error);
        return file ?? throw new InvalidOperationException(error!.ToString());
    }

    private EnumDescriptorProto Enumeration()
    {
        var type = new EnumDescriptorProto { Name = "E" };
        type.Value.Add(new EnumValueDescriptorProto { Name = "E_ZERO", Number = 0 });
        for (var i = random.Next(5); i > 0; i--) type.Value.Add(new EnumValueDescriptorProto { Name = "E_" + i, Number = i * i * i * i * 50 });
        type.Value.Add(new EnumValueDescriptorProto { Name = "E_LESS", Number = -5 });
        return type;
    }

    private DescriptorProto Message(string name, int messages)
    {
        var message = new DescriptorProto { Name = name };
        var number = 0;
        for (var i = random.Next(1, 9); i > 0; i--)
        {
            number += random.Next(5) == 0 ? random.Next(1, 90) : 1;
            var field = Field($"field_{number}", number, messages);
            message.Field.Add(field);
            if (random.Next(6) == 0)
            {
                var entry = new DescriptorProto { Name = $"Field{number}Entry", Options = new MessageOptions { MapEntry = true } };
                entry.Field.Add(KeyField());
                entry.Field.Add(Single("value", 2, messages));
                message.NestedType.Add(entry);
                field.Label = Label.Repeated;
                field.Type = FieldKind.Message;
                field.TypeName = $".r.{name}.{entry.Name}";
                field.Options = null;
            }
            else if (IsProto2 && random.Next(8) == 0)
            {
                field.Type = FieldKind.Group;
                field.TypeName = ".r.M" + random.Next(messages).ToString(CultureInfo.InvariantCulture);
                field.Options = null;
                if (field.Label == Label.Required) field.Label = Label.Optional;
            }
        }
        if (random.Next(2) == 0)
        {
            message.OneofDecl.Add(new OneofDescriptorProto { Name = "choice" });
            for (var i = random.Next(1, 4); i > 0; i--)
            {
                var field = Single($"choice_{++number}", number, messages);
                field.OneofIndex = 0;
                message.Field.Add(field);
            }
        }
        return message;
    }

    private FieldDescriptorProto Field(string name, int number, int messages)
    {
        var field = Single(name, number, messages);
        if (random.Next(3) == 0)
        {
            field.Label = Label.Repeated;
            if (field.Type is not (FieldKind.String or FieldKind.Bytes or FieldKind.Message) && _syntax != "editions" && random.Next(2) == 0)
                field.Options = new FieldOptions { Packed = random.Next(2) == 0 };
        }
        else if (IsProto2 && number < 1000 && field.Type != FieldKind.Message && random.Next(6) == 0)
        {
            field.Label = Label.Required;
        }
        return field;
    }

    private FieldDescriptorProto KeyField()
    {
        FieldKind[] keys = [FieldKind.String, FieldKind.Int32, FieldKind.Uint64, FieldKind.Sint32, FieldKind.Bool, FieldKind.Sfixed64];
        return new FieldDescriptorProto { Name = "key", JsonName = "key", Number = 1, Label = Label.Optional, Type = keys[random.Next(keys.Length)] };
    }

    private FieldDescriptorProto Single(string name, int number, int messages)
    {
        var kind = Kinds[random.Next(Kinds.Length)];
        var field = new FieldDescriptorProto { Name = name, JsonName = Camel(name), Number = number, Label = Label.Optional, Type = kind };
        if (kind == FieldKind.Message) field.TypeName = ".r.M" + random.Next(messages).ToString(CultureInfo.InvariantCulture);
        if (_syntax == "editions" && random.Next(3) == 0) field.Options = new FieldOptions { Features = Features(kind) };
        if (kind == FieldKind.Enum) field.TypeName = ".r.E";
        return field;
    }

    private FeatureSet Features(FieldKind kind) => random.Next(2) == 0 && kind == FieldKind.Message
        ? new FeatureSet { MessageEncoding = FeatureSet.Types.MessageEncoding.Delimited }
        : new FeatureSet { RepeatedFieldEncoding = FeatureSet.Types.RepeatedFieldEncoding.Expanded };

    private static string Camel(string name) => name.Replace("_", "", StringComparison.Ordinal);

    /// <summary>Canonical JSON of a message: nothing empty, nothing that stands for not set.</summary>
    public JsonObject Json(ProtoFile file, ProtoMessage message, int depth)
    {
        var json = new JsonObject();
        var taken = new HashSet<ProtoOneOf>();
        var extensions = message.FullName == "r.M0" ? file.Extensions : [];
        foreach (var field in message.Fields.Concat(extensions).OrderBy(field => field.Number))
        {
            if (!field.IsRequired && (random.Next(2) == 0 || (field.Kind == ProtoKind.Message && depth <= 0))) continue;
            if (field.OneOf is { } oneOf && !taken.Add(oneOf)) continue;
            var name = field.IsExtension ? $"[{field.FullName}]" : field.JsonName;
            if (field.IsMap)
            {
                var (key, value) = (field.MessageType!.Find(1)!, field.MessageType.Find(2)!);
                if (value.Kind == ProtoKind.Message && depth <= 0) continue;
                var entries = new JsonObject();
                for (var i = random.Next(1, 4); i > 0; i--) entries[Key(key)] = Value(file, value, depth - 1, false);
                json[name] = entries;
            }
            else if (field.IsRepeated)
            {
                var elements = new JsonArray();
                for (var i = random.Next(1, 4); i > 0; i--) elements.Add(Value(file, field, depth - 1, false));
                json[name] = elements;
            }
            else
            {
                json[name] = Value(file, field, depth - 1, !field.HasPresence);
            }
        }
        return json;
    }

    private string Key(ProtoField field) => field.Kind switch
    {
        ProtoKind.String => "k" + random.Next(100).ToString(CultureInfo.InvariantCulture),
        ProtoKind.Bool => random.Next(2) == 0 ? "true" : "false",
        ProtoKind.UInt64 => random.NextInt64().ToString(CultureInfo.InvariantCulture),
        _ => ((int)random.NextInt64()).ToString(CultureInfo.InvariantCulture),
    };

    private JsonNode Value(ProtoFile file, ProtoField field, int depth, bool avoidsZero)
    {
        var edge = avoidsZero || random.Next(3) > 0 ? 1 : 0;
        switch (field.Kind)
        {
            case ProtoKind.Double: return edge == 0 ? 0 : random.NextDouble() + 0.5;
            case ProtoKind.Float: return edge == 0 ? "NaN" : random.NextSingle() + 0.5f;
            case ProtoKind.Bool: return edge == 1;
            case ProtoKind.String: return edge == 0 ? "" : "ä" + random.Next(1000).ToString(CultureInfo.InvariantCulture);
            case ProtoKind.Bytes: return edge == 0 ? "" : Convert.ToBase64String(BitConverter.GetBytes(random.Next())[..random.Next(1, 5)]);
            case ProtoKind.Enum: return edge == 0 ? "E_ZERO" : "E_LESS";
            case ProtoKind.Message: return Json(file, field.MessageType!, depth);
            case ProtoKind.Int64 or ProtoKind.SInt64 or ProtoKind.SFixed64:
                return edge == 0 ? "0" : random.NextInt64(long.MinValue, 0).ToString(CultureInfo.InvariantCulture);
            case ProtoKind.UInt64 or ProtoKind.Fixed64:
                return edge == 0 ? "0" : ((ulong)random.NextInt64(1, long.MaxValue) * 2).ToString(CultureInfo.InvariantCulture);
            case ProtoKind.UInt32 or ProtoKind.Fixed32: return edge == 0 ? 0 : random.NextInt64(1, uint.MaxValue);
            default: return edge == 0 ? 0 : random.Next(int.MinValue, 0);
        }
    }
}
