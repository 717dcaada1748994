using Gateway.Schemas.Protobuf.Model;

namespace Gateway.Schemas.Protobuf.Data;

/// <summary>The messages of google.protobuf whose JSON is not an object of their fields.</summary>
internal enum WellKnownForm
{
    None,
    Any,
    Timestamp,
    Duration,
    FieldMask,
    Struct,
    Value,
    ListValue,
    Wrapper,
}

internal static class WellKnownForms
{
    private const string Package = "google.protobuf.";

    /// <summary>By name, and only when the fields are those the form is made of: anyone can write a file of that package.</summary>
    public static WellKnownForm Of(ProtoMessage message)
    {
        if (!message.FullName.StartsWith(Package, StringComparison.Ordinal)) return WellKnownForm.None;
        return message.FullName[Package.Length..] switch
        {
            "Any" => If(WellKnownForm.Any, Has(message, 1, ProtoKind.String) && Has(message, 2, ProtoKind.Bytes)),
            "Timestamp" => If(WellKnownForm.Timestamp, Has(message, 1, ProtoKind.Int64) && Has(message, 2, ProtoKind.Int32)),
            "Duration" => If(WellKnownForm.Duration, Has(message, 1, ProtoKind.Int64) && Has(message, 2, ProtoKind.Int32)),
            "FieldMask" => If(WellKnownForm.FieldMask, Has(message, 1, ProtoKind.String, repeated: true)),
            "Struct" => If(WellKnownForm.Struct, IsStruct(message)),
            "Value" => If(WellKnownForm.Value, IsValue(message)),
            "ListValue" => If(WellKnownForm.ListValue, HasMessage(message, 1, "Value", repeated: true)),
            "DoubleValue" => Wrapper(message, ProtoKind.Double),
            "FloatValue" => Wrapper(message, ProtoKind.Float),
            "Int64Value" => Wrapper(message, ProtoKind.Int64),
            "UInt64Value" => Wrapper(message, ProtoKind.UInt64),
            "Int32Value" => Wrapper(message, ProtoKind.Int32),
            "UInt32Value" => Wrapper(message, ProtoKind.UInt32),
            "BoolValue" => Wrapper(message, ProtoKind.Bool),
            "StringValue" => Wrapper(message, ProtoKind.String),
            "BytesValue" => Wrapper(message, ProtoKind.Bytes),
            _ => WellKnownForm.None,
        };
    }

    private static WellKnownForm If(WellKnownForm form, bool condition) => condition ? form : WellKnownForm.None;

    private static WellKnownForm Wrapper(ProtoMessage message, ProtoKind kind) => If(WellKnownForm.Wrapper, Has(message, 1, kind));

    private static bool Has(ProtoMessage message, int number, ProtoKind kind, bool repeated = false) =>
        message.Find(number) is { } field && field.Kind == kind && field.IsRepeated == repeated;

    private static bool HasMessage(ProtoMessage message, int number, string type, bool repeated = false) =>
        Has(message, number, ProtoKind.Message, repeated) && message.Find(number)!.MessageType!.FullName == Package + type;

    private static bool IsStruct(ProtoMessage message) =>
        message.Find(1) is { IsMap: true } fields && Has(fields.MessageType!, 1, ProtoKind.String)
        && HasMessage(fields.MessageType!, 2, "Value");

    private static bool IsValue(ProtoMessage message) =>
        message.Fields.Count == 6 && Has(message, 1, ProtoKind.Enum) && Has(message, 2, ProtoKind.Double)
        && Has(message, 3, ProtoKind.String) && Has(message, 4, ProtoKind.Bool)
        && HasMessage(message, 5, "Struct") && HasMessage(message, 6, "ListValue");
}
