using Google.Protobuf.Reflection;

namespace Gateway.Schemas.Protobuf.Model;

/// <summary>A message type.</summary>
internal sealed class ProtoMessage
{
    private readonly Dictionary<int, ProtoField> _byNumber = [];
    private readonly Dictionary<string, ProtoField> _byName = new(StringComparer.Ordinal);
    private readonly List<ProtoField> _fields = [];
    private readonly List<ProtoOneOf> _oneOfs = [];
    private readonly List<ProtoMessage> _nested = [];
    private readonly List<ProtoEnum> _enums = [];
    private readonly List<ProtoField> _extensions = [];
    private ProtoField?[] _lowNumbers = [];

    public ProtoMessage(DescriptorProto proto, string fullName, ProtoFile file, ProtoMessage? parent, int index)
    {
        Proto = proto;
        FullName = fullName;
        File = file;
        Parent = parent;
        Indexes = parent is null ? [index] : [.. parent.Indexes, index];
    }

    public DescriptorProto Proto { get; }

    public string Name => Proto.Name;

    /// <summary>With package and enclosing messages, without a leading dot.</summary>
    public string FullName { get; }

    public ProtoFile File { get; }

    public ProtoMessage? Parent { get; }

    /// <summary>Its place in the file: index among the top-level messages, then among the nested ones, map entries counted.</summary>
    public int[] Indexes { get; }

    /// <summary>In the order declared.</summary>
    public IReadOnlyList<ProtoField> Fields => _fields;

    public IReadOnlyList<ProtoOneOf> OneOfs => _oneOfs;

    public IReadOnlyList<ProtoMessage> Nested => _nested;

    public IReadOnlyList<ProtoEnum> Enums => _enums;

    /// <summary>Extensions written inside this message, of whatever other message.</summary>
    public IReadOnlyList<ProtoField> Extensions => _extensions;

    public ProtoFeatures Features { get; set; }

    /// <summary>Made up for a map field: key is field 1, value field 2.</summary>
    public bool IsMapEntry => Proto.Options?.MapEntry ?? false;

    public ProtoField? Find(int number) =>
        (uint)number < (uint)_lowNumbers.Length ? _lowNumbers[number] : _byNumber.GetValueOrDefault(number);

    /// <summary>By JSON name or by the name declared: both are read.</summary>
    public ProtoField? FindByJsonName(string name) => _byName.GetValueOrDefault(name);

    /// <summary>By the name declared.</summary>
    public ProtoField? Find(string name) =>
        _byName.GetValueOrDefault(name) is { } field && field.Name == name ? field : _fields.Find(candidate => candidate.Name == name);

    public bool IsExtensionNumber(int number)
    {
        foreach (var range in Proto.ExtensionRange)
        {
            if (number >= range.Start && number < range.End) return true;
        }
        return false;
    }

    public void Add(ProtoField field) => _fields.Add(field);

    public void Add(ProtoOneOf oneOf) => _oneOfs.Add(oneOf);

    public void Add(ProtoMessage nested) => _nested.Add(nested);

    public void Add(ProtoEnum nested) => _enums.Add(nested);

    public void AddExtension(ProtoField extension) => _extensions.Add(extension);

    /// <summary>Called once all fields have their JSON names.</summary>
    public void Conclude()
    {
        _lowNumbers = new ProtoField?[_fields.Count == 0 ? 0 : Math.Clamp(_fields.Max(field => field.Number), 0, 63) + 1];
        foreach (var field in _fields)
        {
            _byNumber.TryAdd(field.Number, field);
            _byName.TryAdd(field.JsonName, field);
        }
        foreach (var field in _fields) _byName.TryAdd(field.Name, field);
        for (var i = 0; i < _lowNumbers.Length; i++) _lowNumbers[i] = _byNumber.GetValueOrDefault(i);
    }
}
