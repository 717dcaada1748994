using System.Text.Json;
using Gateway.Schemas.Protobuf.Model;

namespace Gateway.Schemas.Protobuf.Data;

/// <summary>A field made ready for conversion.</summary>
internal sealed class FieldPlan
{
    private readonly ProtobufCodec _codec;
    private MessagePlan? _message;

    public FieldPlan(ProtobufCodec codec, ProtoField field, string jsonName)
    {
        _codec = codec;
        Field = field;
        Number = field.Number;
        Kind = field.Kind;
        WireType = WireTypeOf(field);
        IsRepeated = field.IsRepeated;
        IsMap = field.IsMap && IsEntry(field.MessageType!);
        IsPackable = field.IsRepeated && field.Kind.IsPackable();
        OmitsZero = !field.HasPresence && !field.IsRepeated;
        Name = jsonName;
        JsonName = JsonEncodedText.Encode(jsonName);
        if (field.EnumType is not null) Enum = codec.PlanOf(field.EnumType);
    }

    public ProtoField Field { get; }

    public int Number { get; }

    /// <summary>Place among the message's fields in order of number.</summary>
    public int Index { get; init; }

    public ProtoKind Kind { get; }

    /// <summary>The wire type of one value.</summary>
    public uint WireType { get; }

    public uint Tag => ((uint)Number << 3) | WireType;

    public bool IsRepeated { get; }

    public bool IsMap { get; }

    /// <summary>Can be read from one run of bytes; whether it is written as one is <see cref="ProtoField.IsPacked"/>.</summary>
    public bool IsPackable { get; }

    public bool IsRequired => Field.IsRequired;

    /// <summary>Zero, false or empty means not set.</summary>
    public bool OmitsZero { get; }

    /// <summary>The member's name in JSON, as it is.</summary>
    public string Name { get; }

    /// <summary>The same as it is written.</summary>
    public JsonEncodedText JsonName { get; }

    /// <summary>The oneof as written, counted among those; negative when there is none.</summary>
    public int OneOf { get; init; } = -1;

    public EnumPlan? Enum { get; }

    /// <summary>Plans can be recursive, so the next one is made when it is needed.</summary>
    public MessagePlan Message => _message ??= _codec.PlanOf(Field.MessageType!);

    /// <summary>JSON's null is a value of the field, not the lack of one.</summary>
    public bool HoldsNull => Enum is { IsNull: true } || (Kind == ProtoKind.Message && Message.Form == WellKnownForm.Value);

    public override string ToString() => $"{Field.FullName} ({Number})";

    /// <summary>Whether a message has the key and value a map's entries have; a descriptor made by hand may only say so.</summary>
    private static bool IsEntry(ProtoMessage entry) =>
        entry.Fields.Count == 2 && entry.Find(1) is { IsRepeated: false } key && entry.Find(2) is { IsRepeated: false }
        && key.Kind is not (ProtoKind.Double or ProtoKind.Float or ProtoKind.Bytes or ProtoKind.Message or ProtoKind.Enum);

    private static uint WireTypeOf(ProtoField field) => field.Kind switch
    {
        ProtoKind.Double or ProtoKind.Fixed64 or ProtoKind.SFixed64 => Data.WireType.Fixed64,
        ProtoKind.Float or ProtoKind.Fixed32 or ProtoKind.SFixed32 => Data.WireType.Fixed32,
        ProtoKind.String or ProtoKind.Bytes => Data.WireType.Length,
        ProtoKind.Message => field.IsDelimited ? Data.WireType.GroupStart : Data.WireType.Length,
        _ => Data.WireType.Varint,
    };
}
