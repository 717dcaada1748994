using Gateway.Schemas.Protobuf.Model;
using static Gateway.Schemas.Protobuf.Compatibility.ProtobufDifferences;
using Label = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Label;

namespace Gateway.Schemas.Protobuf.Compatibility;

internal sealed partial class ProtobufComparison
{
    /// <summary>Compares a pair, unless that was done before.</summary>
    private bool IsReadable(ProtoMessage reader, ProtoMessage writer)
    {
        if (_seen.TryGetValue((reader, writer), out var known)) return known;
        _seen[(reader, writer)] = true;
        var before = _breaking;
        Message(reader, writer);
        return _seen[(reader, writer)] = _breaking == before;
    }

    private void Message(ProtoMessage reader, ProtoMessage writer)
    {
        _meter.Enter();
        var gone = OneOfs(reader, writer);
        foreach (var number in Numbers(reader.Fields.Select(field => field.Number), writer.Fields.Select(field => field.Number)))
            Field(number, reader, writer, gone);
        if (_isExhaustive) BesidesFields(reader, writer);
        Messages(reader.Nested, writer.Nested, reader.Fields, writer.Fields);
        Enums(reader.Enums, writer.Enums);
        _meter.Leave();
    }

    /// <summary>
    /// Fields that exclude each other for the reader must have done so for the writer: members of a oneof that were in several oneofs, or
    /// stood alone, could all have been set. New ones could not. Gives the oneofs that are gone with every member.
    /// </summary>
    private HashSet<ProtoOneOf> OneOfs(ProtoMessage reader, ProtoMessage writer)
    {
        var (readers, writers) = (NamesOf(reader.OneOfs), NamesOf(writer.OneOfs));
        foreach (var oneOf in reader.OneOfs)
        {
            if (oneOf.IsSynthetic) continue;
            var (alone, origins) = (0, new HashSet<string>(StringComparer.Ordinal));
            foreach (var member in oneOf.Fields)
            {
                _meter.Step();
                if (writer.Find(member.Number) is not { } before) continue;
                if (OneOfOf(before) is { } origin) origins.Add(origin.Name);
                else alone++;
            }
            using var step = At(oneOf.Name);
            if (alone + origins.Count > 1) Add(alone > 1 ? MultipleFieldsMovedToOneOf : FieldMovedToExistingOneOf);
            if (!writers.Contains(oneOf.Name)) Add(OneOfAdded);
        }
        var gone = new HashSet<ProtoOneOf>();
        foreach (var oneOf in writer.OneOfs)
        {
            if (oneOf.IsSynthetic || readers.Contains(oneOf.Name)) continue;
            if (!oneOf.Fields.Any(member => reader.Find(member.Number) is not null)) gone.Add(oneOf);
            using var step = At(oneOf.Name);
            Add(OneOfRemoved);
        }
        return gone;
    }

    private static HashSet<string> NamesOf(IEnumerable<ProtoOneOf> oneOfs) =>
        oneOfs.Where(oneOf => !oneOf.IsSynthetic).Select(oneOf => oneOf.Name).ToHashSet(StringComparer.Ordinal);

    private static ProtoOneOf? OneOfOf(ProtoField field) => field.OneOf is { IsSynthetic: false } oneOf ? oneOf : null;

    private void Field(int number, ProtoMessage reader, ProtoMessage writer, HashSet<ProtoOneOf> gone)
    {
        _meter.Step();
        var (read, written) = (reader.Find(number), writer.Find(number));
        // Reported where the field is now; a field that is gone, where it was.
        var oneOf = OneOfOf((read ?? written)!);
        if (oneOf is not null) _path.Add(oneOf.Name);
        using (At(number))
        {
            if (read is null) Removed(written!, gone);
            else if (written is null) Added(read);
            else
            {
                if (OneOfOf(written) is not null && oneOf is null) Add(OneOfFieldMovedToTopLevel);
                SameNumber(read, written);
            }
        }
        if (oneOf is not null) _path.RemoveAt(_path.Count - 1);
    }

    private void Added(ProtoField field) =>
        Add(OneOfOf(field) is not null ? OneOfFieldAdded : field.IsRequired ? RequiredFieldAdded : FieldAdded);

    private void Removed(ProtoField field, HashSet<ProtoOneOf> gone)
    {
        if (OneOfOf(field) is not { } oneOf) Add(field.IsRequired ? RequiredFieldRemoved : FieldRemoved);
        else if (!gone.Contains(oneOf)) Add(OneOfFieldRemoved);
    }

    private void SameNumber(ProtoField reader, ProtoField writer)
    {
        if (reader.Name != writer.Name) Add(FieldNameChanged);
        var before = _breaking;
        Types(reader, writer, WrittenLabel(reader), WrittenLabel(writer));
        if (_isExhaustive) BesidesType(reader, writer, isSameType: _breaking == before);
    }

    private void Types(ProtoField reader, ProtoField writer, Label? readerLabel, Label? writerLabel)
    {
        if (KindOf(reader) != KindOf(writer)) Add(FieldKindChanged);
        else if (reader.IsMap)
        {
            // Key and value, which have no labels to compare.
            Types(reader.MessageType!.Find(1)!, writer.MessageType!.Find(1)!, null, null);
            Types(reader.MessageType!.Find(2)!, writer.MessageType!.Find(2)!, null, null);
        }
        else if (reader.Kind == ProtoKind.Message) MessageTypes(reader, writer);
        else if (GroupOf(reader.Kind) != GroupOf(writer.Kind)) Add(FieldScalarKindChanged);
        else if (readerLabel is not null && writerLabel is not null && readerLabel != writerLabel)
            Add(GroupOf(reader.Kind) == ProtoKind.String ? FieldStringOrBytesLabelChanged : FieldNumericLabelChanged);
    }

    /// <summary>
    /// Names count without their package. Messages of the two files themselves are compared at their own place; those of imports, and the
    /// ones that groups declare, are compared here, and their differences reported under their own names.
    /// </summary>
    private void MessageTypes(ProtoField readerField, ProtoField writerField)
    {
        var (reader, writer) = (readerField.MessageType!, writerField.MessageType!);
        var name = LocalName(reader);
        if (name != LocalName(writer))
        {
            Add(FieldNamedTypeChanged);
            return;
        }
        var isComparedByName = reader.File == _reader && writer.File == _writer && !IsGroup(readerField) && !IsGroup(writerField);
        if (isComparedByName || ReferenceEquals(reader, writer)) return;
        _meter.Step(ProtoNames.Steps(name.Length));
        var path = _path.ToArray();
        _path.Clear();
        _path.AddRange(name.Split('.'));
        var isReadable = IsReadable(reader, writer);
        _path.Clear();
        _path.AddRange(path);
        if (!isReadable) Add(FieldNamedTypeChanged);
    }

    private static string LocalName(ProtoMessage message) =>
        message.File.Package.Length == 0 ? message.FullName : message.FullName[(message.File.Package.Length + 1)..];

    /// <summary>The label as the text has it: null where there is none to write, or none has to be.</summary>
    private static Label? WrittenLabel(ProtoField field)
    {
        if (field.IsMap || OneOfOf(field) is not null) return null;
        if (field.IsRepeated) return Label.Repeated;
        if (field.IsRequired) return Label.Required;
        return field.Proto.Proto3Optional || field.File.Edition == ProtoFeatures.Proto2 ? Label.Optional : null;
    }

    /// <summary>Scalar (enums included), message or map.</summary>
    private static int KindOf(ProtoField field) => field.IsMap ? 2 : field.Kind == ProtoKind.Message ? 1 : 0;

    /// <summary>Kinds whose encodings can be read as each other's, by the name of one of them.</summary>
    private static ProtoKind GroupOf(ProtoKind kind) => kind switch
    {
        ProtoKind.Int64 or ProtoKind.UInt32 or ProtoKind.UInt64 or ProtoKind.Bool or ProtoKind.Enum => ProtoKind.Int32,
        ProtoKind.SInt64 => ProtoKind.SInt32,
        ProtoKind.Bytes => ProtoKind.String,
        ProtoKind.SFixed32 => ProtoKind.Fixed32,
        ProtoKind.SFixed64 => ProtoKind.Fixed64,
        _ => kind,
    };
}
