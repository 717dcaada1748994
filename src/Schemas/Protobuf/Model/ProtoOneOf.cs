using Google.Protobuf.Reflection;

namespace Gateway.Schemas.Protobuf.Model;

/// <summary>A oneof: at most one of its fields is set.</summary>
internal sealed class ProtoOneOf(OneofDescriptorProto proto, ProtoMessage message, int index)
{
    private readonly List<ProtoField> _fields = [];

    public OneofDescriptorProto Proto { get; } = proto;

    public string Name => Proto.Name;

    public ProtoMessage Message { get; } = message;

    public int Index { get; } = index;

    public IReadOnlyList<ProtoField> Fields => _fields;

    /// <summary>Not written by anyone: it stands for one proto3 <c>optional</c> field.</summary>
    public bool IsSynthetic => _fields.Count == 1 && _fields[0].Proto.Proto3Optional;

    public ProtoFeatures Features { get; set; }

    public void Add(ProtoField field) => _fields.Add(field);
}
