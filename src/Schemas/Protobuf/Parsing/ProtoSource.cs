using System.Buffers.Text;
using Gateway.Schemas.Protobuf.Model;
using Gateway.Schemas.Protobuf.Parsing.Validation;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Gateway.Schemas.Protobuf.Parsing;

/// <summary>A schema is refused, for a reason that is complete.</summary>
internal sealed class ProtoRefusal(SchemaError error) : Exception(error.Message)
{
    public SchemaError Error { get; } = error;
}

/// <summary>
/// A schema's text and the descriptor it stands for: .proto source, or a descriptor's bytes in base64, which some serialisers send.
/// </summary>
internal sealed class ProtoSource
{
    private readonly string _text;
    private readonly ProtoPositions _positions = new();

    private ProtoSource(string text, FileDescriptorProto? proto)
    {
        _text = text;
        Proto = proto!;
    }

    public FileDescriptorProto Proto { get; private set; }

    /// <summary>Whether a descriptor was given, not a text.</summary>
    public bool IsDescriptor { get; private init; }

    /// <exception cref="ProtoRefusal">It is neither.</exception>
    public static ProtoSource Read(string name, string text, BudgetMeter meter)
    {
        if (IsBase64(text)) return new ProtoSource(text, Decode(text, meter)) { IsDescriptor = true };
        var source = new ProtoSource(text, null);
        try
        {
            source.Proto = FileParser.Parse(name, text, source._positions, meter);
        }
        catch (ProtoSyntaxException fault)
        {
            throw new ProtoRefusal(ProtoPositions.At(fault.Message, text, fault.Offset));
        }
        return source;
    }

    /// <summary>A fault with its place in the text, where it has one.</summary>
    public SchemaError Error(ProtoFault fault) => _positions.Find(fault.Element, fault.Part) is { } offset
        ? ProtoPositions.At(fault.Message, _text, offset)
        : new SchemaError(ProtoPositions.Clip(fault.Message));

    private static bool IsServed(Edition edition) => (int)edition is ProtoFeatures.Edition2023 or ProtoFeatures.Edition2024;

    /// <summary>
    /// Compilers write every JSON name into descriptors, and defaults each in its own spelling; a schema has those names only that somebody
    /// chose, and one spelling.
    /// </summary>
    private static void AsWritten(DescriptorProto message, BudgetMeter meter)
    {
        AsWritten(message.Field, meter);
        AsWritten(message.Extension, meter);
        foreach (var nested in message.NestedType) AsWritten(nested, meter);
    }

    private static void AsWritten(IEnumerable<FieldDescriptorProto> fields, BudgetMeter meter)
    {
        foreach (var field in fields)
        {
            if (field.HasJsonName && field.JsonName == ProtoNames.ToJson(field.Name)) field.ClearJsonName();
            if (!field.HasDefaultValue || field.HasTypeName) continue;
            try
            {
                field.DefaultValue = FieldDefaults.Respell(field.Type, field.DefaultValue, meter);
            }
            catch (ProtoSyntaxException fault)
            {
                throw new ProtoFault($"The default of \"{field.Name}\": {fault.Message}");
            }
        }
    }

    /// <summary>No .proto source has these characters only.</summary>
    private static bool IsBase64(string text)
    {
        var trimmed = text.AsSpan().Trim();
        return trimmed.Length > 0 && Base64.IsValid(trimmed);
    }

    private static FileDescriptorProto Decode(string text, BudgetMeter meter)
    {
        try
        {
            var proto = FileDescriptorProto.Parser.ParseFrom(Convert.FromBase64String(text.Trim()));
            proto.SourceCodeInfo = null;
            if (proto.Syntax is not ("" or "proto2" or "proto3" or "editions") || (proto.Syntax == "editions" && !IsServed(proto.Edition)))
                throw new ProtoRefusal(new SchemaError($"The descriptor is of syntax \"{proto.Syntax}\", edition {(int)proto.Edition}, which is not known"));
            new DescriptorValidation(proto, meter).Check();
            AsWritten(proto.Extension, meter);
            foreach (var message in proto.MessageType) AsWritten(message, meter);
            return proto;
        }
        catch (ProtoFault fault)
        {
            throw new ProtoRefusal(new SchemaError(ProtoPositions.Clip(fault.Message)));
        }
        catch (Exception fault) when (fault is InvalidProtocolBufferException or FormatException)
        {
            throw new ProtoRefusal(new SchemaError($"The text is neither .proto source nor a file descriptor in base64: {fault.Message}", "", 1, 1));
        }
    }
}
