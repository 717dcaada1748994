using Gateway.Schemas.Protobuf.Model;
using Google.Protobuf.Reflection;

namespace Gateway.Schemas.Protobuf.Parsing.Validation;

/// <summary>How names must look from edition 2024 on, unless <c>features.enforce_naming_style</c> says otherwise.</summary>
internal sealed class StyleValidation(ProtoFile file)
{
    private const int NamingStyle = 7;
    private const int Legacy = 2;

    public void Check()
    {
        var isOn = Holds(file.Proto.Options?.Features, true);
        if (isOn && file.Proto.HasPackage)
        {
            foreach (var part in file.Package.Split('.')) Lower(part, "package", file.Proto);
        }
        foreach (var message in file.Messages) Message(message, isOn);
        foreach (var type in file.Enums) Enum(type, isOn);
        foreach (var extension in file.Extensions) Field(extension, isOn);
        foreach (var service in file.Proto.Service)
        {
            var inService = Holds(service.Options?.Features, isOn);
            if (inService) Title(service.Name, "service", service);
            foreach (var method in service.Method)
            {
                if (Holds(method.Options?.Features, inService)) Title(method.Name, "method", method);
            }
        }
    }

    private static bool Holds(FeatureSet? own, bool inherited) => ProtoFeatures.Find(own, NamingStyle) is { } style ? style != Legacy : inherited;

    private static void Message(ProtoMessage message, bool inherited)
    {
        var isOn = Holds(message.Proto.Options?.Features, inherited);
        if (isOn && !message.IsMapEntry) Title(message.Name, "message", message.Proto);
        foreach (var oneOf in message.OneOfs)
        {
            if (Holds(oneOf.Proto.Options?.Features, isOn)) Lower(oneOf.Name, "oneof", oneOf.Proto);
        }
        foreach (var field in message.Fields) Field(field, field.OneOf is { } group ? Holds(group.Proto.Options?.Features, isOn) : isOn);
        foreach (var extension in message.Extensions) Field(extension, isOn);
        foreach (var type in message.Enums) Enum(type, isOn);
        foreach (var nested in message.Nested) Message(nested, isOn);
    }

    private static void Enum(ProtoEnum type, bool inherited)
    {
        var isOn = Holds(type.Proto.Options?.Features, inherited);
        if (isOn) Title(type.Name, "enum", type.Proto);
        foreach (var value in type.Values)
        {
            if (!Holds(value.Options?.Features, isOn)) continue;
            if (!char.IsAsciiLetterUpper(value.Name[0]) || value.Name.Any(char.IsAsciiLetterLower) || HasOddUnderscore(value.Name))
                throw Fault("enum value", value.Name, "UPPER_SNAKE_CASE", value);
        }
    }

    private static void Field(ProtoField field, bool inherited)
    {
        if (Holds(field.Proto.Options?.Features, inherited)) Lower(field.Name, "field", field.Proto);
    }

    private static void Title(string name, string what, object element)
    {
        if (!char.IsAsciiLetterUpper(name[0]) || name.Contains('_', StringComparison.Ordinal)) throw Fault(what, name, "TitleCase", element);
    }

    private static void Lower(string name, string what, object element)
    {
        if (!char.IsAsciiLetterLower(name[0]) || name.Any(char.IsAsciiLetterUpper) || HasOddUnderscore(name))
            throw Fault(what, name, "lower_snake_case", element);
    }

    /// <summary>An underscore stands before a letter.</summary>
    private static bool HasOddUnderscore(string name)
    {
        for (var i = 0; i < name.Length; i++)
        {
            if (name[i] == '_' && (i + 1 == name.Length || !char.IsAsciiLetter(name[i + 1]))) return true;
        }
        return false;
    }

    private static ProtoFault Fault(string what, string name, string style, object element) => new(
        $"From edition 2024 on the name of a {what} is {style}, which \"{name}\" is not; rename it, or set features.enforce_naming_style = STYLE_LEGACY", element);
}
