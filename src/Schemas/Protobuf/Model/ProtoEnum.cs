using Google.Protobuf.Reflection;

namespace Gateway.Schemas.Protobuf.Model;

/// <summary>An enum.</summary>
internal sealed class ProtoEnum
{
    private readonly Dictionary<int, EnumValueDescriptorProto> _byNumber = [];
    private readonly Dictionary<string, EnumValueDescriptorProto> _byName = new(StringComparer.Ordinal);

    public ProtoEnum(EnumDescriptorProto proto, string fullName, ProtoFile file, ProtoMessage? parent)
    {
        Proto = proto;
        FullName = fullName;
        File = file;
        Parent = parent;
        foreach (var value in proto.Value)
        {
            _byNumber.TryAdd(value.Number, value);
            _byName.TryAdd(value.Name, value);
        }
    }

    public EnumDescriptorProto Proto { get; }

    public string Name => Proto.Name;

    /// <summary>With package and enclosing messages, without a leading dot.</summary>
    public string FullName { get; }

    public ProtoFile File { get; }

    public ProtoMessage? Parent { get; }

    /// <summary>In the order declared; aliases are values too.</summary>
    public IReadOnlyList<EnumValueDescriptorProto> Values => Proto.Value;

    public ProtoFeatures Features { get; set; }

    /// <summary>Numbers without a name are no values of this enum, and readers treat them as unknown fields.</summary>
    public bool IsClosed => Features.EnumType == ProtoFeatures.Closed;

    /// <summary>The first value declared with that number.</summary>
    public EnumValueDescriptorProto? Find(int number) => _byNumber.GetValueOrDefault(number);

    public EnumValueDescriptorProto? Find(string name) => _byName.GetValueOrDefault(name);
}
