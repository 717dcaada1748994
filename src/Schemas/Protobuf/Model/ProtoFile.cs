using Google.Protobuf.Reflection;

namespace Gateway.Schemas.Protobuf.Model;

/// <summary>A .proto file with every name in it resolved. Immutable once linked.</summary>
internal sealed class ProtoFile(FileDescriptorProto proto, IReadOnlyList<ProtoFile> dependencies)
{
    private readonly List<ProtoMessage> _messages = [];
    private readonly List<ProtoEnum> _enums = [];
    private readonly List<ProtoField> _extensions = [];
    private Dictionary<(string Extendee, int Number), ProtoField>? _extensionsByNumber;
    private Dictionary<string, object>? _definitions;

    /// <summary>With names in full and options interpreted, as compilers give it.</summary>
    public FileDescriptorProto Proto { get; } = proto;

    /// <summary>As written: names as they stand in the text, options not interpreted, JSON names only where given.</summary>
    public FileDescriptorProto Written { get; init; } = proto;

    /// <summary>The path it is imported by.</summary>
    public string Name => Proto.Name;

    public string Package => Proto.Package;

    /// <summary>The edition as descriptors number them; 998 is proto2, 999 proto3.</summary>
    public int Edition { get; } = ProtoFeatures.EditionOf(proto);

    public bool IsProto3 => Edition == ProtoFeatures.Proto3;

    public ProtoFeatures Features { get; set; }

    /// <summary>The files imported, in the order written.</summary>
    public IReadOnlyList<ProtoFile> Dependencies { get; } = dependencies;

    /// <summary>The files imported for options only.</summary>
    public IReadOnlyList<ProtoFile> OptionDependencies { get; init; } = [];

    /// <summary>Top-level messages in the order declared.</summary>
    public IReadOnlyList<ProtoMessage> Messages => _messages;

    public IReadOnlyList<ProtoEnum> Enums => _enums;

    /// <summary>Extensions written at the top level.</summary>
    public IReadOnlyList<ProtoField> Extensions => _extensions;

    /// <summary>Everything this file itself defines, by full name.</summary>
    public Dictionary<string, ProtoSymbol> Symbols { get; } = new(StringComparer.Ordinal);

    /// <summary>A message by its full name, in this file or in any it rests on.</summary>
    public ProtoMessage? FindMessage(string fullName) => Find(fullName) as ProtoMessage;

    /// <summary>An enum by its full name, in this file or in any it rests on.</summary>
    public ProtoEnum? FindEnum(string fullName) => Find(fullName) as ProtoEnum;

    /// <summary>An extension by its full name, in this file or in any it rests on.</summary>
    public ProtoField? FindExtension(string fullName) => Find(fullName) as ProtoField is { IsExtension: true } found ? found : null;

    /// <summary>An extension by the message it extends and its number, in this file or in any it rests on.</summary>
    public ProtoField? FindExtension(ProtoMessage extendee, int number)
    {
        if (extendee.Proto.ExtensionRange.Count == 0) return null;
        return (_extensionsByNumber ??= CollectExtensions()).GetValueOrDefault((extendee.FullName, number));
    }

    /// <summary>The message that a list of message indexes stands for; null when there is none.</summary>
    public ProtoMessage? FindMessage(ReadOnlySpan<int> indexes)
    {
        ProtoMessage? found = null;
        var among = Messages;
        foreach (var index in indexes)
        {
            if ((uint)index >= (uint)among.Count) return null;
            found = among[index];
            among = found.Nested;
        }
        return found;
    }

    /// <summary>This file and everything it rests on, each once, this one first.</summary>
    public IEnumerable<ProtoFile> All()
    {
        var seen = new HashSet<ProtoFile> { this };
        var waiting = new Queue<ProtoFile>(seen);
        while (waiting.TryDequeue(out var file))
        {
            yield return file;
            foreach (var dependency in file.Dependencies)
            {
                if (seen.Add(dependency)) waiting.Enqueue(dependency);
            }
        }
    }

    public void Add(ProtoMessage message) => _messages.Add(message);

    public void Add(ProtoEnum @enum) => _enums.Add(@enum);

    public void AddExtension(ProtoField extension) => _extensions.Add(extension);

    private object? Find(string fullName)
    {
        if (Symbols.TryGetValue(fullName, out var symbol)) return symbol.Definition;
        return (_definitions ??= CollectDefinitions()).GetValueOrDefault(fullName);
    }

    private Dictionary<string, object> CollectDefinitions()
    {
        var found = new Dictionary<string, object>(StringComparer.Ordinal);
        foreach (var file in All())
        {
            foreach (var (name, symbol) in file.Symbols)
            {
                if (symbol.Definition is { } definition) found.TryAdd(name, definition);
            }
        }
        return found;
    }

    private Dictionary<(string Extendee, int Number), ProtoField> CollectExtensions()
    {
        var found = new Dictionary<(string Extendee, int Number), ProtoField>();
        foreach (var file in All())
        {
            foreach (var symbol in file.Symbols.Values)
            {
                if (symbol.Definition is ProtoField { IsExtension: true } extension)
                    found.TryAdd((extension.ContainingType.FullName, extension.Number), extension);
            }
        }
        return found;
    }
}
