using Gateway.Schemas.Protobuf.Model;
using Google.Protobuf.Reflection;
using static Gateway.Schemas.Protobuf.Compatibility.ProtobufDifferences;

namespace Gateway.Schemas.Protobuf.Compatibility;

/// <summary>What the usual rules overlook.</summary>
internal sealed partial class ProtobufComparison
{
    private readonly Dictionary<(ProtoFile File, string TypeName), string> _localNames = [];

    private void BesidesType(ProtoField reader, ProtoField writer, bool isSameType)
    {
        if (reader.JsonName != writer.JsonName) Add(FieldJsonNameChanged);
        if (reader.Default != writer.Default && !reader.IsRepeated && !writer.IsRepeated) Add(FieldDefaultChanged);
        if (!isSameType || reader.IsMap) return;
        if (reader.IsRequired && !writer.IsRequired) Add(FieldMadeRequired);
        if (reader.IsRepeated != writer.IsRepeated) Cardinality(reader, writer);
        else if (!reader.IsRepeated && writer.HasPresence && !reader.HasPresence) Add(FieldPresenceLost);
        else if (reader.IsRepeated && reader.IsPacked != writer.IsPacked) Add(FieldPackedChanged);
        if (reader.IsDelimited != writer.IsDelimited) Add(FieldEncodingChanged);
        if (reader.ValidatesUtf8 && !writer.ValidatesUtf8) Add(FieldUtf8Required);
        if (reader.EnumType is { IsClosed: true } && writer.EnumType is not { IsClosed: true }) Add(FieldEnumClosed);
    }

    /// <summary>Where labels are written the usual rules have seen to numbers, strings and bytes.</summary>
    private void Cardinality(ProtoField reader, ProtoField writer)
    {
        if (reader.Kind == ProtoKind.Message) Add(reader.IsRepeated ? FieldMessageRepeated : FieldMessageSingular);
        else if (WrittenLabel(reader) is null || WrittenLabel(writer) is null)
            Add(GroupOf(reader.Kind) == ProtoKind.String ? FieldStringOrBytesLabelChanged : FieldNumericLabelChanged);
    }

    private void BesidesFields(ProtoMessage reader, ProtoMessage writer)
    {
        if (IsMessageSet(reader) != IsMessageSet(writer)) Add(MessageSetChanged);
        var extensions = new NumberRanges(writer.Proto.ExtensionRange.Select(range => (range.Start, range.End - 1)));
        var reserved = new NumberRanges(writer.Proto.ReservedRange.Select(range => (range.Start, range.End - 1)));
        var names = writer.Proto.ReservedName.ToHashSet(StringComparer.Ordinal);
        foreach (var field in reader.Fields)
        {
            _meter.Step();
            if (writer.Find(field.Number) is not null) continue;
            using var step = At(field.Number);
            if (extensions.Contain(field.Number)) Add(FieldInExtensionRange);
            if (reserved.Contain(field.Number)) Add(ReservedNumberUsed);
            if (names.Contains(field.Name)) Add(ReservedNameUsed);
        }
    }

    private static bool IsMessageSet(ProtoMessage message) => message.Proto.Options?.MessageSetWireFormat ?? false;

    /// <summary>Extensions by what they extend and their number, wherever in the file they are declared.</summary>
    private void Extensions()
    {
        var (readers, writers) = (ExtensionsOf(_reader), ExtensionsOf(_writer));
        foreach (var (key, written) in writers)
        {
            using var first = At("extend");
            using var second = At(key.Extendee);
            using var third = At(key.Number);
            if (readers.TryGetValue(key, out var read)) SameNumber(read, written);
            else Add(ExtensionRemoved);
        }
        foreach (var key in readers.Keys)
        {
            if (writers.ContainsKey(key)) continue;
            using var first = At("extend");
            using var second = At(key.Extendee);
            using var third = At(key.Number);
            Add(ExtensionAdded);
        }
    }

    private SortedDictionary<(string Extendee, int Number), ProtoField> ExtensionsOf(ProtoFile file)
    {
        var found = new SortedDictionary<(string Extendee, int Number), ProtoField>();
        foreach (var symbol in file.Symbols.Values)
        {
            _meter.Step();
            if (symbol.Definition is ProtoField { IsExtension: true } extension)
                found.TryAdd((LocalName(extension.ContainingType), extension.Number), extension);
        }
        return found;
    }

    private void Services()
    {
        var readers = _reader.Proto.Service.ToDictionary(service => service.Name, StringComparer.Ordinal);
        foreach (var written in _writer.Proto.Service)
        {
            using var step = At(written.Name);
            if (readers.Remove(written.Name, out var read)) Methods(read, written);
            else Add(ServiceRemoved);
        }
        foreach (var name in readers.Keys)
        {
            using var step = At(name);
            Add(ServiceAdded);
        }
    }

    private void Methods(ServiceDescriptorProto reader, ServiceDescriptorProto writer)
    {
        var readers = reader.Method.ToDictionary(method => method.Name, StringComparer.Ordinal);
        foreach (var written in writer.Method)
        {
            _meter.Step();
            using var step = At(written.Name);
            if (!readers.Remove(written.Name, out var read))
            {
                Add(MethodRemoved);
                continue;
            }
            if (!IsSameType(read.InputType, written.InputType) || read.ClientStreaming != written.ClientStreaming)
                Add(MethodRequestChanged);
            if (!IsSameType(read.OutputType, written.OutputType) || read.ServerStreaming != written.ServerStreaming)
                Add(MethodResponseChanged);
        }
        foreach (var name in readers.Keys)
        {
            using var step = At(name);
            Add(MethodAdded);
        }
    }

    private bool IsSameType(string reader, string writer) =>
        reader == writer || LocalName(_reader, reader) == LocalName(_writer, writer);

    private string LocalName(ProtoFile file, string typeName)
    {
        if (_localNames.TryGetValue((file, typeName), out var known)) return known;
        var local = file.FindMessage(typeName.TrimStart('.')) is { } message ? LocalName(message) : typeName;
        return _localNames[(file, typeName)] = local;
    }
}
