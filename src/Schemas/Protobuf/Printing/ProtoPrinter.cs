using Gateway.Schemas.Protobuf.Model;
using Google.Protobuf.Reflection;

namespace Gateway.Schemas.Protobuf.Printing;

/// <summary>
/// Prints a descriptor as .proto text, in the arrangement the JVM registries print: within a file package, imports, options, messages,
/// enums, extensions, services; within a message what is reserved, options, fields, oneofs, groups, extension ranges, extensions,
/// messages, enums.
/// </summary>
internal sealed partial class ProtoPrinter
{
    private readonly FileDescriptorProto _proto;
    private readonly ProtoLines _lines = new();
    private readonly ProtoOptionReader _options;
    private readonly WrittenVisibility _visibility;
    private readonly bool _isNormalized;
    private readonly bool _hasExtensions;
    private readonly bool _hasImpliedJsonNames;

    public ProtoPrinter(ProtoFile file, FileDescriptorProto proto, ProtoTextForm form)
    {
        _proto = proto;
        _isNormalized = form == ProtoTextForm.Normalized;
        _hasExtensions = form != ProtoTextForm.WithoutExtensions;
        _hasImpliedJsonNames = ReferenceEquals(proto, file.Proto);
        _visibility = WrittenVisibility.Of(proto);
        _options = new ProtoOptionReader(file, sorted: _isNormalized, withCustom: _hasExtensions);
    }

    private bool IsProto3 => _proto.Syntax == "proto3";

    private bool HasEdition => _proto.Syntax == "editions";

    public string Print()
    {
        Head();
        Imports();
        var options = _options.Of(_proto.Options, _proto.Options?.UninterpretedOption, "FileOptions");
        if (options.Count > 0)
        {
            _lines.Blank();
            foreach (var option in options) OptionStatement(option);
        }
        Types();
        if (_proto.Service.Count > 0)
        {
            _lines.Blank();
            foreach (var service in _proto.Service) Service(service);
        }
        return _lines.ToString();
    }

    private void Head()
    {
        if (HasEdition) _lines.Line($"edition = \"{EditionName((int)_proto.Edition)}\";");
        // proto2 is what a file without a syntax is in, so normalising leaves it out.
        else if (_proto.HasSyntax && (IsProto3 || !_isNormalized)) _lines.Line($"syntax = \"{_proto.Syntax}\";");
        if (_proto.Package.Length > 0) _lines.Line($"package {_proto.Package};");
    }

    private static string EditionName(int edition) => edition switch
    {
        998 => "proto2",
        999 => "proto3",
        9999 => "UNSTABLE",
        _ => (edition + 1023).ToString(System.Globalization.CultureInfo.InvariantCulture),
    };

    private void Imports()
    {
        var optionImports = ProtoOptionImports.Of(_proto);
        if (_proto.Dependency.Count == 0 && optionImports.Count == 0) return;
        _lines.Blank();
        var indexes = Enumerable.Range(0, _proto.Dependency.Count).ToList();
        var isPublic = _proto.PublicDependency.ToHashSet();
        var isWeak = _proto.WeakDependency.ToHashSet();
        Import("", Chosen(index => !isPublic.Contains(index) && !isWeak.Contains(index)));
        Import("public ", Chosen(isPublic.Contains));
        Import("weak ", Chosen(isWeak.Contains));
        if (_hasExtensions) Import("option ", optionImports);

        IEnumerable<string> Chosen(Predicate<int> isChosen) => indexes.Where(index => isChosen(index)).Select(index => _proto.Dependency[index]);

        void Import(string kind, IEnumerable<string> paths)
        {
            if (_isNormalized) paths = paths.Distinct().Order(StringComparer.Ordinal);
            foreach (var path in paths) _lines.Line($"import {kind}{ProtoQuotes.Quote(path)};");
        }
    }

    /// <summary>Messages and enums, then extensions. A message that has to stay behind one that an extension makes waits for it.</summary>
    private void Types()
    {
        var messages = new NestedOrder(_proto.MessageType, _proto.Extension, hasGroups: !HasEdition);
        var extensions = _hasExtensions ? ExtendBlocks(_proto.Extension, messages) : [];
        var hasTypes = messages.HasExplicit || _proto.EnumType.Count > 0;
        if (hasTypes) _lines.Blank();
        var printed = 0;
        while (messages.HasExplicit)
        {
            if (messages.TakeDue() is { } message) Message(message);
            else if (printed < extensions.Count) Extend(extensions[printed++], messages);
            else break;
        }
        foreach (var message in messages.TakeRest()) Message(message);
        foreach (var type in _proto.EnumType) Enum(type);
        if (printed == extensions.Count) return;
        _lines.Blank();
        foreach (var block in extensions.Skip(printed)) Extend(block, messages);
    }

    private void Service(ServiceDescriptorProto service)
    {
        _lines.Begin($"service {service.Name}");
        var block = new ProtoBlock(_lines);
        OptionSection(block, _options.Of(service.Options, service.Options?.UninterpretedOption, "ServiceOptions"));
        if (service.Method.Count > 0)
        {
            block.Section();
            foreach (var method in service.Method) Method(method);
        }
        block.Close();
    }

    private void Method(MethodDescriptorProto method)
    {
        var request = (method.ClientStreaming ? "stream " : "") + method.InputType;
        var response = (method.ServerStreaming ? "stream " : "") + method.OutputType;
        _lines.Begin($"rpc {method.Name} ({request}) returns ({response})");
        var options = _options.Of(method.Options, method.Options?.UninterpretedOption, "MethodOptions");
        if (options.Count == 0)
        {
            _lines.End(";");
            return;
        }
        _lines.End(" {");
        _lines.Deeper();
        foreach (var option in options) OptionStatement(option);
        _lines.Back();
        _lines.Line("};");
    }

    private void Enum(EnumDescriptorProto type)
    {
        _lines.Begin($"{_visibility.Of(type)}enum {type.Name}");
        var block = new ProtoBlock(_lines);
        var hasReserved = type.ReservedRange.Count > 0 || type.ReservedName.Count > 0;
        var options = _options.Of(type.Options, type.Options?.UninterpretedOption, "EnumOptions");
        if (hasReserved || options.Count > 0 || type.Value.Count > 0) block.Section();
        Reserved([.. type.ReservedRange.Select(range => new NumberRange(range.Start, range.End, int.MaxValue))], type.ReservedName);
        foreach (var option in options) OptionStatement(option);
        foreach (var value in Constants(type))
        {
            _lines.Begin($"{value.Name} = {value.Number}");
            OptionList(_options.Of(value.Options, value.Options?.UninterpretedOption, "EnumValueOptions"));
            _lines.End(";");
        }
        block.Close();
    }

    /// <summary>
    /// Sorted by number when normalised, but for the first: it is the default of the enum's fields, and in open enums it has to be zero.
    /// </summary>
    private IEnumerable<EnumValueDescriptorProto> Constants(EnumDescriptorProto type)
    {
        if (!_isNormalized || type.Value.Count == 0) return type.Value;
        var sorted = type.Value.OrderBy(value => value.Number).ThenBy(value => value.Name, StringComparer.Ordinal).ToList();
        if (sorted[0].Number == type.Value[0].Number) return sorted;
        var first = type.Value[0];
        sorted.Remove(first);
        return sorted.Prepend(first);
    }
}
