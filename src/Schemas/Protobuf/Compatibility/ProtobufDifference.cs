namespace Gateway.Schemas.Protobuf.Compatibility;

/// <summary>One difference between two files, harmful or not.</summary>
/// <param name="Kind">What differs.</param>
/// <param name="Path">Where: names of messages, of a oneof, and a field's number.</param>
internal sealed record ProtobufDifference(ProtobufDifferenceKind Kind, string Path)
{
    public SchemaDifference ToSchemaDifference() => new(Kind.Token, Path, Kind.Describe(Path), null, SchemaTypes.Protobuf);
}

/// <summary>A row of the table of differences.</summary>
/// <param name="Token">The name tools look for.</param>
/// <param name="IsCompatible">Whether data is read nevertheless.</param>
/// <param name="Sentence">What it means; <c>@</c> stands for the path.</param>
internal sealed record ProtobufDifferenceKind(string Token, bool IsCompatible, string Sentence)
{
    public string Describe(string path) => Sentence.Replace("@", $"'{path}'", StringComparison.Ordinal);

    public override string ToString() => Token;
}

/// <summary>The table: first what every registry looks at, then what the exhaustive policy looks at besides.</summary>
internal static class ProtobufDifferences
{
    public static readonly ProtobufDifferenceKind
        PackageChanged = Breaks("PACKAGE_CHANGED", "The package at @ in the reader schema is not the package in the writer schema"),
        MessageAdded = Fine("MESSAGE_ADDED", "The message at @ in the reader schema is not in the writer schema"),
        MessageRemoved = Breaks("MESSAGE_REMOVED", "The message at @ in the writer schema is not in the reader schema"),
        MessageMoved = Fine("MESSAGE_MOVED", "The message at @ in the reader schema has another index in the writer schema"),
        EnumAdded = Fine("ENUM_ADDED", "The enum at @ in the reader schema is not in the writer schema"),
        EnumRemoved = Fine("ENUM_REMOVED", "The enum at @ in the writer schema is not in the reader schema"),
        EnumConstAdded = Fine("ENUM_CONST_ADDED", "The enum constant at @ in the reader schema is not in the writer schema"),
        EnumConstChanged = Fine("ENUM_CONST_CHANGED",
            "The enum constant at @ in the reader schema has another name in the writer schema"),
        EnumConstRemoved = Fine("ENUM_CONST_REMOVED", "The enum constant at @ in the writer schema is not in the reader schema"),
        FieldAdded = Fine("FIELD_ADDED", "The field at @ in the reader schema is not in the writer schema"),
        FieldRemoved = Fine("FIELD_REMOVED", "The field at @ in the writer schema is not in the reader schema"),
        FieldNameChanged = Fine("FIELD_NAME_CHANGED", "The field at @ in the reader schema has another name in the writer schema"),
        FieldKindChanged = Breaks("FIELD_KIND_CHANGED",
            "The field at @ in the reader schema is a scalar, message or map and is another of these in the writer schema"),
        FieldScalarKindChanged = Breaks("FIELD_SCALAR_KIND_CHANGED",
            "The scalar field at @ in the reader schema is encoded differently from the one in the writer schema"),
        FieldNamedTypeChanged = Breaks("FIELD_NAMED_TYPE_CHANGED",
            "The message type of the field at @ in the reader schema is not the one in the writer schema, or does not read its data"),
        FieldNumericLabelChanged = Breaks("FIELD_NUMERIC_LABEL_CHANGED",
            "The number at @ in the reader schema has another label in the writer schema"),
        FieldStringOrBytesLabelChanged = Fine("FIELD_STRING_OR_BYTES_LABEL_CHANGED",
            "The string or bytes at @ in the reader schema have another label in the writer schema"),
        RequiredFieldAdded = Breaks("REQUIRED_FIELD_ADDED", "The required field at @ in the reader schema is not in the writer schema"),
        RequiredFieldRemoved = Breaks("REQUIRED_FIELD_REMOVED",
            "The required field at @ in the writer schema is not in the reader schema"),
        OneOfAdded = Fine("ONEOF_ADDED", "The oneof at @ in the reader schema is not in the writer schema"),
        OneOfRemoved = Fine("ONEOF_REMOVED", "The oneof at @ in the writer schema is not in the reader schema"),
        OneOfFieldAdded = Fine("ONEOF_FIELD_ADDED", "The oneof field at @ in the reader schema is not in the writer schema"),
        OneOfFieldRemoved = Breaks("ONEOF_FIELD_REMOVED", "The oneof field at @ in the writer schema is not in the reader schema"),
        OneOfFieldMovedToTopLevel = Fine("ONEOF_FIELD_MOVED_TO_TOP_LEVEL",
            "The field at @ in the reader schema is in a oneof in the writer schema"),
        MultipleFieldsMovedToOneOf = Breaks("MULTIPLE_FIELDS_MOVED_TO_ONEOF",
            "Several fields of the oneof at @ in the reader schema are in no oneof in the writer schema"),
        FieldMovedToExistingOneOf = Breaks("FIELD_MOVED_TO_EXISTING_ONEOF",
            "A field of the oneof at @ in the reader schema is outside the oneof that others of it are in in the writer schema");

    public static readonly ProtobufDifferenceKind
        FieldMessageRepeated = Fine("FIELD_MESSAGE_LABEL_EXTENDED",
            "The message at @ in the reader schema is repeated, in the writer schema not"),
        FieldMessageSingular = Breaks("FIELD_MESSAGE_LABEL_NARROWED",
            "The message at @ in the writer schema is repeated, in the reader schema not"),
        FieldMadeRequired = Breaks("FIELD_MADE_REQUIRED", "The field at @ is required by the reader schema and not by the writer schema"),
        FieldPresenceLost = Breaks("FIELD_PRESENCE_LOST",
            "The field at @ in the writer schema can be unset, which the reader schema takes for its default"),
        FieldDefaultChanged = Breaks("FIELD_DEFAULT_CHANGED",
            "The field at @ in the reader schema has another default in the writer schema"),
        FieldJsonNameChanged = Breaks("FIELD_JSON_NAME_CHANGED",
            "The field at @ in the reader schema has another JSON name in the writer schema"),
        FieldPackedChanged = Fine("FIELD_PACKED_CHANGED",
            "The field at @ is packed in one of the reader schema and the writer schema only"),
        FieldEncodingChanged = Breaks("FIELD_ENCODING_CHANGED",
            "The message at @ is delimited in one of the reader schema and the writer schema, and behind its length in the other"),
        FieldUtf8Required = Breaks("FIELD_UTF8_REQUIRED",
            "The string at @ in the reader schema has to be UTF-8, which the writer schema does not see to"),
        FieldEnumClosed = Breaks("FIELD_ENUM_CLOSED",
            "The enum at @ in the reader schema takes its own numbers only, the field in the writer schema takes any"),
        FieldInExtensionRange = Breaks("FIELD_IN_EXTENSION_RANGE",
            "The field at @ in the reader schema has a number that the writer schema gives to extensions"),
        ReservedNumberUsed = Fine("RESERVED_NUMBER_USED", "The number at @ in the reader schema is reserved in the writer schema"),
        ReservedNameUsed = Fine("RESERVED_NAME_USED", "The name of the field at @ in the reader schema is reserved in the writer schema"),
        MessageSetChanged = Breaks("MESSAGE_SET_CHANGED",
            "The message at @ has the message set encoding in one of the reader schema and the writer schema only"),
        ExtensionAdded = Fine("EXTENSION_ADDED", "The extension at @ in the reader schema is not in the writer schema"),
        ExtensionRemoved = Fine("EXTENSION_REMOVED", "The extension at @ in the writer schema is not in the reader schema"),
        ServiceAdded = Fine("SERVICE_ADDED", "The service at @ in the reader schema is not in the writer schema"),
        ServiceRemoved = Breaks("SERVICE_REMOVED", "The service at @ in the writer schema is not in the reader schema"),
        MethodAdded = Fine("METHOD_ADDED", "The method at @ in the reader schema is not in the writer schema"),
        MethodRemoved = Breaks("METHOD_REMOVED", "The method at @ in the writer schema is not in the reader schema"),
        MethodRequestChanged = Breaks("METHOD_REQUEST_CHANGED",
            "The method at @ in the reader schema takes another message, or a stream where it was none, in the writer schema"),
        MethodResponseChanged = Breaks("METHOD_RESPONSE_CHANGED",
            "The method at @ in the reader schema gives another message, or a stream where it was none, in the writer schema");

    private static ProtobufDifferenceKind Breaks(string token, string sentence) => new(token, false, sentence);

    private static ProtobufDifferenceKind Fine(string token, string sentence) => new(token, true, sentence);
}
