using Google.Protobuf;
using Google.Protobuf.Collections;
using Google.Protobuf.Reflection;
using Type = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Type;

namespace Gateway.Schemas.Protobuf.Parsing;

/// <summary>
/// A linked descriptor without what compilers are free to choose: the order of fields, of oneofs and of the messages made for maps and
/// groups among themselves, the oneofs of proto3 optional fields. Every declared message keeps its index.
/// Options are not in it; the same option has many forms in bytes, so those are compared by their normalised text.
/// </summary>
internal static class ComparableDescriptor
{
    public static FileDescriptorProto Of(FileDescriptorProto linked)
    {
        var file = FileDescriptorProto.Parser.WithDiscardUnknownFields(true).ParseFrom(linked.ToByteString());
        file.ClearName();
        file.Options = null;
        if (file.Syntax != "editions") file.ClearEdition();
        Imports(file);
        foreach (var type in file.EnumType) Enum(type);
        Extensions(file.Extension);
        SortMade(file.MessageType, file.Extension);
        foreach (var message in file.MessageType) Message(message);
        foreach (var service in file.Service)
        {
            service.Options = null;
            foreach (var method in service.Method) method.Options = null;
        }
        return file;
    }

    private static void Imports(FileDescriptorProto file)
    {
        var isPublic = file.PublicDependency.ToHashSet();
        var isWeak = file.WeakDependency.ToHashSet();
        var imports = file.Dependency.Select((path, i) => (IsPublic: isPublic.Contains(i), IsWeak: isWeak.Contains(i), Path: path))
            .OrderBy(import => import.Path, StringComparer.Ordinal).ToList();
        Replace(file.Dependency, imports.Select(import => import.Path));
        Replace(file.PublicDependency, Enumerable.Range(0, imports.Count).Where(i => imports[i].IsPublic));
        Replace(file.WeakDependency, Enumerable.Range(0, imports.Count).Where(i => imports[i].IsWeak));
    }

    private static void Message(DescriptorProto message)
    {
        message.Options = IsMapEntry(message) ? new MessageOptions { MapEntry = true } : null;
        SortMade(message.NestedType, message.Field.Concat(message.Extension));
        foreach (var range in message.ExtensionRange) range.Options = null;
        OneOfs(message);
        foreach (var field in message.Field) field.Options = null;
        Replace(message.Field, message.Field.OrderBy(field => field.Number));
        Extensions(message.Extension);
        foreach (var type in message.EnumType) Enum(type);
        foreach (var nested in message.NestedType) Message(nested);
    }

    private static void OneOfs(DescriptorProto message)
    {
        var members = message.Field.Where(field => field.HasOneofIndex).ToList();
        var synthetic = members.Where(field => field.Proto3Optional).Select(field => field.OneofIndex).ToHashSet();
        var kept = message.OneofDecl.Select((oneOf, index) => (OneOf: oneOf, Index: index))
            .Where(entry => !synthetic.Contains(entry.Index))
            .OrderBy(entry => entry.OneOf.Name, StringComparer.Ordinal).ToList();
        var ranks = kept.Select((entry, rank) => (entry.Index, Rank: rank)).ToDictionary(entry => entry.Index, entry => entry.Rank);
        foreach (var field in members)
        {
            if (ranks.TryGetValue(field.OneofIndex, out var rank)) field.OneofIndex = rank;
            else field.ClearOneofIndex();
        }
        Replace(message.OneofDecl, kept.Select(entry => new OneofDescriptorProto { Name = entry.OneOf.Name }));
    }

    /// <summary>The places that made messages have stay theirs; who has which is settled by name.</summary>
    private static void SortMade(RepeatedField<DescriptorProto> messages, IEnumerable<FieldDescriptorProto> fields)
    {
        var groups = fields.Where(field => field.Type == Type.Group)
            .Select(field => field.TypeName[(field.TypeName.LastIndexOf('.') + 1)..]).ToHashSet(StringComparer.Ordinal);
        var made = new Queue<DescriptorProto>(messages.Where(IsMade).OrderBy(message => message.Name, StringComparer.Ordinal));
        Replace(messages, messages.Select(message => IsMade(message) ? made.Dequeue() : message));

        bool IsMade(DescriptorProto message) => IsMapEntry(message) || groups.Contains(message.Name);
    }

    private static bool IsMapEntry(DescriptorProto message) => message.Options is { MapEntry: true };

    private static void Extensions(RepeatedField<FieldDescriptorProto> extensions)
    {
        foreach (var extension in extensions)
        {
            extension.Options = null;
            // Nobody may choose it, and nothing reads it.
            extension.ClearJsonName();
        }
    }

    private static void Enum(EnumDescriptorProto type)
    {
        type.Options = null;
        foreach (var value in type.Value) value.Options = null;
    }

    private static void Replace<T>(RepeatedField<T> items, IEnumerable<T> by)
    {
        var copy = by.ToList();
        items.Clear();
        items.AddRange(copy);
    }
}
