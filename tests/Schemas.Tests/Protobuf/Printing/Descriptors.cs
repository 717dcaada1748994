using Google.Protobuf.Collections;
using Google.Protobuf.Reflection;

namespace Gateway.Schemas.Tests.Protobuf.Printing;

/// <summary>Descriptors without what a text may leave open, for comparison.</summary>
internal static class Descriptors
{
    /// <summary>JSON names that follow from names are dropped, and a message's fields stand by number.</summary>
    public static FileDescriptorProto Comparable(FileDescriptorProto file, bool sorted)
    {
        var comparable = file.Clone();
        comparable.Name = "";
        comparable.SourceCodeInfo = null;
        // Imports come plain ones first.
        var kinds = comparable.Dependency.Select((path, i) => (comparable.PublicDependency.Contains(i) ? 1 : comparable.WeakDependency.Contains(i) ? 2 : 0, path));
        var imports = sorted ? kinds.Order().ToList() : kinds.OrderBy(kind => kind.Item1).ToList();
        comparable.Dependency.Clear();
        comparable.Dependency.Add(imports.Select(import => import.path));
        Replace(comparable.PublicDependency, Enumerable.Range(0, imports.Count).Where(i => imports[i].Item1 == 1));
        Replace(comparable.WeakDependency, Enumerable.Range(0, imports.Count).Where(i => imports[i].Item1 == 2));
        foreach (var message in comparable.MessageType) Message(message, sorted);
        foreach (var type in comparable.EnumType) Enum(type, sorted);
        Fields(comparable.Extension, sorted);
        // Empty braces behind a method.
        foreach (var method in comparable.Service.SelectMany(service => service.Method))
            if (method.Options?.CalculateSize() == 0) method.Options = null;
        return comparable;
    }

    /// <summary>Leaves out custom options that were given part by part: protoc writes the parts one by one, which means the same as one message.</summary>
    public static FileDescriptorProto WithoutPartedOptions(FileDescriptorProto file)
    {
        file.Options = null;
        foreach (var message in file.MessageType) Options(message);
        return file;

        static void Options(DescriptorProto message)
        {
            foreach (var field in message.Field) field.Options = null;
            foreach (var nested in message.NestedType) Options(nested);
        }
    }

    private static void Message(DescriptorProto message, bool sorted)
    {
        if (sorted) OneOfs(message);
        Fields(message.Field, true);
        Fields(message.Extension, sorted);
        if (sorted)
        {
            Replace(message.ReservedRange, message.ReservedRange.OrderBy(range => range.Start).ToList());
            Replace(message.ReservedName, message.ReservedName.Order(StringComparer.Ordinal).ToList());
            Replace(message.ExtensionRange, message.ExtensionRange.OrderBy(range => range.Start).ToList());
            var made = new Queue<DescriptorProto>(message.NestedType.Where(IsMade).OrderBy(type => type.Name, StringComparer.Ordinal));
            Replace(message.NestedType, message.NestedType.Select(type => IsMade(type) ? made.Dequeue() : type).ToList());
        }
        foreach (var nested in message.NestedType) Message(nested, sorted);
        foreach (var type in message.EnumType) Enum(type, sorted);

        bool IsMade(DescriptorProto type) => type.Options is { MapEntry: true }
            || message.Field.Any(field => field.Type == FieldDescriptorProto.Types.Type.Group && field.TypeName.EndsWith("." + type.Name, StringComparison.Ordinal));
    }

    private static void OneOfs(DescriptorProto message)
    {
        var ranked = message.OneofDecl.Select((oneOf, index) => (oneOf, index)).OrderBy(entry => entry.oneOf.Name, StringComparer.Ordinal).ToList();
        foreach (var field in message.Field.Where(field => field.HasOneofIndex))
            field.OneofIndex = ranked.FindIndex(entry => entry.index == field.OneofIndex);
        Replace(message.OneofDecl, ranked.Select(entry => entry.oneOf).ToList());
    }

    private static void Fields(RepeatedField<FieldDescriptorProto> fields, bool sorted)
    {
        foreach (var field in fields)
            if (field.JsonName == Gateway.Schemas.Protobuf.Model.ProtoNames.ToJson(field.Name)) field.ClearJsonName();
        if (sorted) Replace(fields, fields.OrderBy(field => field.Extendee, StringComparer.Ordinal).ThenBy(field => field.Number).ToList());
    }

    private static void Enum(EnumDescriptorProto type, bool sorted)
    {
        if (!sorted) return;
        Replace(type.Value, type.Value.OrderBy(value => value.Number).ThenBy(value => value.Name, StringComparer.Ordinal).ToList());
        Replace(type.ReservedRange, type.ReservedRange.OrderBy(range => range.Start).ToList());
        Replace(type.ReservedName, type.ReservedName.Order(StringComparer.Ordinal).ToList());
    }

    private static void Replace<T>(RepeatedField<T> items, IEnumerable<T> by)
    {
        var copy = by.ToList();
        items.Clear();
        items.AddRange(copy);
    }
}
