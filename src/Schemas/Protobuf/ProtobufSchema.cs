using System.Buffers;
using System.Text.Json;
using Gateway.Schemas.Compatibility;
using Gateway.Schemas.Protobuf.Compatibility;
using Gateway.Schemas.Protobuf.Data;
using Gateway.Schemas.Protobuf.Model;
using Gateway.Schemas.Protobuf.Printing;
using Google.Protobuf;

namespace Gateway.Schemas.Protobuf;

/// <summary>A .proto file as a schema. Values are of its first message, or of the one asked for by name.</summary>
internal sealed class ProtobufSchema : ISchema
{
    private readonly ProtobufCodec _codec;
    private readonly ProtoMessage? _type;
    private string? _canonicalText;
    private string? _normalizedText;

    public ProtobufSchema(ProtoFile file, IReadOnlyList<SchemaReference> references)
        : this(file, references, file.Messages.Count > 0 ? file.Messages[0] : null, new ProtobufCodec(file))
    {
    }

    private ProtobufSchema(ProtoFile file, IReadOnlyList<SchemaReference> references, ProtoMessage? type, ProtobufCodec codec)
    {
        File = file;
        References = references;
        _type = type;
        _codec = codec;
    }

    public ProtoFile File { get; }

    public string SchemaType => SchemaTypes.Protobuf;

    public string? Name => _type?.FullName;

    public string? NameOf(ReadOnlySpan<byte> payload) => _codec.NameOf(payload);

    public IReadOnlyList<SchemaReference> References { get; }

    public string CanonicalText => _canonicalText ??= ProtoText.Canonical(File);

    public string NormalizedText => _normalizedText ??= ProtoText.Normalized(File);

    public string ResolvedText => CanonicalText;

    public string? SerializedText => File.Proto.ToByteString().ToBase64();

    public string? TextWithoutExtensions => ProtoText.WithoutExtensions(File);

    /// <summary>
    /// Makes the texts a registry keeps, so that one that gets too long is told when parsing. The text without extensions leaves things out of
    /// the canonical one, so it needs no look.
    /// </summary>
    /// <exception cref="SchemaBudgetException">One gets too long.</exception>
    public void Print() => _ = (CanonicalText, NormalizedText);

    public ISchema? ForType(string name)
    {
        var type = File.FindMessage(ProtoScope.Join(File.Package, name)) ?? File.FindMessage(name);
        return type is null || type.File != File ? null : new ProtobufSchema(File, References, type, _codec);
    }

    public IReadOnlyList<SchemaDifference> CompareAsReaderOf(ISchema writer, SchemaBudget budget) =>
        ProtobufComparison.Compare(File, ((ProtobufSchema)writer).File, budget);

    public IReadOnlyList<SchemaDifference> CompareAsReaderOf(ISchema writer, CompatibilityPolicy policy, SchemaBudget budget) =>
        ProtobufComparison.Compare(File, ((ProtobufSchema)writer).File, policy, budget);

    public void EncodeJson(JsonElement value, JsonForm form, IBufferWriter<byte> output, SchemaBudget budget) => _codec.Encode(
        _type ?? throw new SchemaDataException("The schema has no message, so nothing can be encoded with it"), value, form, output, budget);

    public void DecodeToJson(ReadOnlySpan<byte> payload, JsonForm form, Utf8JsonWriter output, SchemaBudget budget) =>
        _codec.Decode(payload, form, output, budget);

    public void DecodeToJson(ISchema writer, ReadOnlySpan<byte> payload, JsonForm form, Utf8JsonWriter output, SchemaBudget budget) =>
        _codec.Decode(((ProtobufSchema)writer).File, payload, form, output, budget);

    public void Validate(ReadOnlySpan<byte> payload, SchemaBudget budget) => _codec.Validate(payload, budget);
}
