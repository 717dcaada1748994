using Gateway.Schemas.Protobuf.Model;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Google.Protobuf.Reflection;
using Target = Google.Protobuf.Reflection.FieldOptions.Types.OptionTargetType;

namespace Gateway.Schemas.Protobuf.Parsing.Options;

/// <summary>The options of one element.</summary>
/// <param name="Options">The message they end up in.</param>
/// <param name="Uninterpreted">Those not interpreted yet.</param>
/// <param name="TypeName">The type of <paramref name="Options"/>.</param>
/// <param name="Scope">Where names in them are looked up from.</param>
/// <param name="Target">What kind of element it is.</param>
internal sealed record OptionSet(
    IMessage Options, RepeatedField<UninterpretedOption> Uninterpreted, string TypeName, string Scope, Target Target)
{
    /// <summary>What the interpreted options look like on the wire, so far.</summary>
    public List<byte> Interpreted { get; } = [];

    /// <summary>All options of a file that wait to be interpreted.</summary>
    public static List<OptionSet> Of(ProtoFile file)
    {
        var sets = new List<OptionSet>();
        void Add(IMessage? options, RepeatedField<UninterpretedOption>? uninterpreted, string scope, Target target)
        {
            if (uninterpreted is { Count: > 0 }) sets.Add(new OptionSet(options!, uninterpreted, options!.Descriptor.Name, scope, target));
        }

        void Enum(ProtoEnum type, string scope)
        {
            Add(type.Proto.Options, type.Proto.Options?.UninterpretedOption, scope, Target.TargetTypeEnum);
            foreach (var value in type.Values) Add(value.Options, value.Options?.UninterpretedOption, scope, Target.TargetTypeEnumEntry);
        }

        void Field(ProtoField field, string scope) =>
            Add(field.Proto.Options, field.Proto.Options?.UninterpretedOption, scope, Target.TargetTypeField);

        void Message(ProtoMessage message, string scope)
        {
            Add(message.Proto.Options, message.Proto.Options?.UninterpretedOption, scope, Target.TargetTypeMessage);
            foreach (var oneOf in message.OneOfs)
                Add(oneOf.Proto.Options, oneOf.Proto.Options?.UninterpretedOption, message.FullName, Target.TargetTypeOneof);
            foreach (var field in message.Fields) Field(field, message.FullName);
            foreach (var extension in message.Extensions) Field(extension, message.FullName);
            foreach (var range in message.Proto.ExtensionRange)
                Add(range.Options, range.Options?.UninterpretedOption, scope, Target.TargetTypeExtensionRange);
            foreach (var type in message.Enums) Enum(type, message.FullName);
            foreach (var nested in message.Nested) Message(nested, message.FullName);
        }

        Add(file.Proto.Options, file.Proto.Options?.UninterpretedOption, file.Package, Target.TargetTypeFile);
        foreach (var message in file.Messages) Message(message, file.Package);
        foreach (var type in file.Enums) Enum(type, file.Package);
        foreach (var extension in file.Extensions) Field(extension, file.Package);
        foreach (var service in file.Proto.Service)
        {
            Add(service.Options, service.Options?.UninterpretedOption, file.Package, Target.TargetTypeService);
            var inside = ProtoScope.Join(file.Package, service.Name);
            foreach (var method in service.Method)
                Add(method.Options, method.Options?.UninterpretedOption, inside, Target.TargetTypeMethod);
        }
        return sets;
    }
}
