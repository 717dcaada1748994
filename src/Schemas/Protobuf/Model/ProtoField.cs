using Google.Protobuf.Reflection;

namespace Gateway.Schemas.Protobuf.Model;

/// <summary>A field of a message, or an extension.</summary>
internal sealed class ProtoField(FieldDescriptorProto proto, string fullName, ProtoFile file, ProtoMessage? scope)
{
    public FieldDescriptorProto Proto { get; } = proto;

    public ProtoFile File { get; } = file;

    /// <summary>The message it is written in; null for extensions written at the top of a file.</summary>
    public ProtoMessage? Scope { get; } = scope;

    public string Name => Proto.Name;

    public string FullName { get; } = fullName;

    public int Number => Proto.Number;

    public string JsonName => Proto.JsonName;

    /// <summary>Never "group": that is a message which is <see cref="IsDelimited"/>.</summary>
    public ProtoKind Kind { get; set; }

    public bool IsExtension => Proto.HasExtendee;

    /// <summary>The message whose data carries it: the one it is written in, or the one it extends.</summary>
    public ProtoMessage ContainingType { get; set; } = null!;

    /// <summary>Set when <see cref="Kind"/> is a message.</summary>
    public ProtoMessage? MessageType { get; set; }

    /// <summary>Set when <see cref="Kind"/> is an enum.</summary>
    public ProtoEnum? EnumType { get; set; }

    /// <summary>The oneof it belongs to, synthetic ones included.</summary>
    public ProtoOneOf? OneOf { get; set; }

    public ProtoFeatures Features { get; set; }

    public bool IsRepeated => Proto.Label == FieldDescriptorProto.Types.Label.Repeated;

    public bool IsMap { get; private set; }

    public bool IsRequired { get; private set; }

    /// <summary>Whether "not set" differs from the default value.</summary>
    public bool HasPresence { get; private set; }

    /// <summary>Whether writers put repeated values in one run; readers take both forms.</summary>
    public bool IsPacked { get; private set; }

    /// <summary>A message between start and end tags (a group) instead of after its length.</summary>
    public bool IsDelimited { get; private set; }

    public bool ValidatesUtf8 { get; private set; }

    /// <summary>The default as descriptors spell it; null when none is written.</summary>
    public string? Default => Proto.HasDefaultValue ? Proto.DefaultValue : null;

    /// <summary>What follows from type, label and features; called once all three are known.</summary>
    public void Conclude()
    {
        IsMap = IsRepeated && MessageType is { IsMapEntry: true };
        IsRequired = Proto.Label == FieldDescriptorProto.Types.Label.Required || Features.FieldPresence == ProtoFeatures.Required;
        HasPresence = !IsRepeated
            && (Kind == ProtoKind.Message || IsExtension || OneOf is not null || Features.FieldPresence != ProtoFeatures.Implicit);
        IsPacked = IsRepeated && Kind.IsPackable() && Features.RepeatedEncoding == ProtoFeatures.Packed;
        IsDelimited = Kind == ProtoKind.Message && !IsMap && Scope is not { IsMapEntry: true }
            && Features.MessageEncoding == ProtoFeatures.Delimited;
        ValidatesUtf8 = Kind == ProtoKind.String && Features.Utf8Validation == ProtoFeatures.Verify;
    }
}
