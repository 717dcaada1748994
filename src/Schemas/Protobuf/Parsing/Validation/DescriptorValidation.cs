using Gateway.Schemas.Protobuf.Model;
using Gateway.Schemas.Protobuf.Printing;
using Google.Protobuf.Collections;
using Google.Protobuf.Reflection;
using Label = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Label;
using Type = Google.Protobuf.Reflection.FieldDescriptorProto.Types.Type;

namespace Gateway.Schemas.Protobuf.Parsing.Validation;

/// <summary>
/// What a descriptor may hold and no text could: anything at all where a name belongs. A schema is kept as text, so whatever is printed
/// without quotes has to be what it is printed as. The first breach is thrown as a <see cref="ProtoFault"/>.
/// </summary>
internal sealed class DescriptorValidation(FileDescriptorProto file, BudgetMeter meter)
{
    private readonly bool _isEdition = file.Syntax == "editions";

    public void Check()
    {
        if (file.Package.Length > 0 && !IsDotted(file.Package))
            throw new ProtoFault($"The package {Shown(file.Package)} is not a name, nor names with single dots between them");
        Options(file.Options?.UninterpretedOption);
        foreach (var message in file.MessageType)
        {
            if (IsMapEntry(message)) throw HandMade(message);
            Message(message);
        }
        foreach (var type in file.EnumType) Enum(type);
        foreach (var extension in file.Extension) Field(extension);
        foreach (var service in file.Service) Service(service);
    }

    private void Message(DescriptorProto message)
    {
        Name(message.Name, "message");
        Options(message.Options?.UninterpretedOption);
        ReservedNames(message.ReservedName, message.Name);
        foreach (var oneOf in message.OneofDecl)
        {
            Name(oneOf.Name, "oneof");
            Options(oneOf.Options?.UninterpretedOption);
        }
        foreach (var range in message.ExtensionRange) Options(range.Options?.UninterpretedOption);
        foreach (var field in message.Field) Field(field);
        foreach (var extension in message.Extension) Field(extension);
        foreach (var type in message.EnumType) Enum(type);
        if (message.NestedType.Any(IsMapEntry)) MapEntries(message);
        // A descriptor nested deeper than a hundred levels was not decoded.
        foreach (var nested in message.NestedType) Message(nested);
    }

    private void Field(FieldDescriptorProto field)
    {
        Name(field.Name, "field");
        if (field.HasTypeName) TypeName(field.TypeName, $"The type of \"{field.Name}\"");
        if (field.HasExtendee) TypeName(field.Extendee, $"What \"{field.Name}\" extends");
        if (field.HasDefaultValue) Default(field);
        if (field.Proto3Optional) Proto3Optional(field);
        Options(field.Options?.UninterpretedOption);
    }

    private void Proto3Optional(FieldDescriptorProto field)
    {
        if (file.Syntax != "proto3") throw new ProtoFault($"\"{field.Name}\" is a proto3 optional field, in a file that is not proto3");
        if (field.Label != Label.Optional) throw new ProtoFault($"\"{field.Name}\" is a proto3 optional field, and required or repeated as well");
        if (field.HasExtendee == field.HasOneofIndex)
            throw new ProtoFault($"\"{field.Name}\" is a proto3 optional field {(field.HasExtendee ? "and an extension, which has no oneof" : "without its oneof")}");
    }

    private static void Default(FieldDescriptorProto field)
    {
        var value = field.DefaultValue;
        var isFit = field.HasTypeName ? IsName(value)
            : field.Type switch
            {
                Type.String => true,
                Type.Bytes => IsEscaped(value),
                _ => value.Length > 0 && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '+' or '-' or '.'),
            };
        if (!isFit) throw new ProtoFault($"The default {Shown(value)} of \"{field.Name}\" is not a value of its type");
    }

    private void Enum(EnumDescriptorProto type)
    {
        Name(type.Name, "enum");
        Options(type.Options?.UninterpretedOption);
        ReservedNames(type.ReservedName, type.Name);
        foreach (var value in type.Value)
        {
            Name(value.Name, "enum value");
            Options(value.Options?.UninterpretedOption);
        }
    }

    private void Service(ServiceDescriptorProto service)
    {
        Name(service.Name, "service");
        Options(service.Options?.UninterpretedOption);
        foreach (var method in service.Method)
        {
            Name(method.Name, "method");
            TypeName(method.InputType, $"What \"{method.Name}\" takes");
            TypeName(method.OutputType, $"What \"{method.Name}\" returns");
            Options(method.Options?.UninterpretedOption);
        }
    }

    /// <summary>Map entries are printed as part of the field they were made for, so there has to be one, and nothing else to be told.</summary>
    private void MapEntries(DescriptorProto message)
    {
        var maps = new HashSet<string>(StringComparer.Ordinal);
        foreach (var field in message.Field)
        {
            meter.Step();
            if (field.Label != Label.Repeated || field.HasOneofIndex || !field.HasTypeName) continue;
            var name = ProtoNames.ToMapEntry(field.Name);
            if (field.TypeName == name || field.TypeName.EndsWith("." + name, StringComparison.Ordinal)) maps.Add(name);
        }
        foreach (var entry in message.NestedType.Where(IsMapEntry))
        {
            if (!maps.Remove(entry.Name) || !HasEntryShape(entry)) throw HandMade(entry);
        }
    }

    private static bool HasEntryShape(DescriptorProto entry) =>
        entry.Field is [{ Name: "key", Number: 1 }, { Name: "value", Number: 2 }]
        && entry.Field.All(part => part is { Label: Label.Optional, HasOneofIndex: false, HasDefaultValue: false, HasExtendee: false })
        && entry.NestedType.Count + entry.EnumType.Count + entry.Extension.Count + entry.OneofDecl.Count == 0
        && entry.ExtensionRange.Count + entry.ReservedRange.Count + entry.ReservedName.Count == 0
        && entry.Options.Equals(new MessageOptions { MapEntry = true });

    private static ProtoFault HandMade(DescriptorProto entry) => new(
        $"The message {Shown(entry.Name)} has map_entry set and is not what a map field makes; leave it to map<key, value>");

    private static bool IsMapEntry(DescriptorProto message) => message.Options is { MapEntry: true };

    /// <summary>Before editions reserved names stand in quotes, and can be anything.</summary>
    private void ReservedNames(RepeatedField<string> names, string type)
    {
        if (_isEdition && names.FirstOrDefault(name => !IsName(name)) is { } wrong)
            throw new ProtoFault($"{Shown(wrong)}, reserved in \"{type}\", is not a name");
    }

    private void Options(RepeatedField<UninterpretedOption>? options)
    {
        foreach (var option in options ?? [])
        {
            meter.Step();
            if (option.Name.Count == 0) throw new ProtoFault("An option has no name");
            foreach (var part in option.Name) TypeName(part.NamePart_, "An option's name");
            if (option.HasIdentifierValue && !IsName(option.IdentifierValue))
                throw new ProtoFault($"An option's value {Shown(option.IdentifierValue)} is not a name");
        }
    }

    private void Name(string name, string what)
    {
        meter.Step();
        if (name.Length == 0) throw new ProtoFault($"A name is missing, of the kind: {what}");
        if (!IsName(name))
            throw new ProtoFault($"The {what} name {Shown(name)} is not a name: letters, digits and underscores make one, and no digit comes first");
    }

    private static void TypeName(string name, string what)
    {
        if (!IsDotted(name.StartsWith('.') ? name.AsSpan(1) : name))
            throw new ProtoFault($"{what} is {Shown(name)}, which is not a name, nor names with single dots between them");
    }

    private static bool IsDotted(ReadOnlySpan<char> name)
    {
        foreach (var part in name.Split('.'))
        {
            if (!IsName(name[part])) return false;
        }
        return true;
    }

    private static bool IsName(ReadOnlySpan<char> name)
    {
        if (name.IsEmpty || char.IsAsciiDigit(name[0])) return false;
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '_') return false;
        }
        return true;
    }

    /// <summary>Whether it stays what it is when quotes are put around it.</summary>
    private static bool IsEscaped(string value)
    {
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] is '"' or < ' ' or > '~') return false;
            if (value[i] == '\\' && ++i == value.Length) return false;
        }
        return true;
    }

    /// <summary>In quotes and escaped, on one line: it may be anything.</summary>
    private static string Shown(string text) => ProtoQuotes.Quote(text.Length <= 100 ? text : text[..100] + "…");
}
