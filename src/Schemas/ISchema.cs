using System.Buffers;
using System.Text.Json;
using Gateway.Schemas.Compatibility;

namespace Gateway.Schemas;

/// <summary>A parsed schema of any language. Immutable; safe to share between threads.</summary>
public interface ISchema
{
    /// <summary>The language's wire name.</summary>
    string SchemaType { get; }

    /// <summary>Full name of the type described, where it has one (naming strategies use it).</summary>
    string? Name { get; }

    /// <summary>Full name of the type a payload is of: a .proto file has many, and the payload's message indexes say which.</summary>
    /// <exception cref="SchemaDataException">The payload names a type the schema does not have.</exception>
    string? NameOf(ReadOnlySpan<byte> payload) => Name;

    /// <summary>The references the text itself makes, in the order given.</summary>
    IReadOnlyList<SchemaReference> References { get; }

    /// <summary>The text as registries store it: layout removed, meaning and order kept.</summary>
    string CanonicalText { get; }

    /// <summary>The text when the registrant asked for normalisation: equal schemas give equal bytes.</summary>
    string NormalizedText { get; }

    /// <summary>The text with everything referenced written out in place.</summary>
    string ResolvedText { get; }

    /// <summary>What fingerprints are taken of: for Avro its parsing canonical form, otherwise the canonical text.</summary>
    string FingerprintText => CanonicalText;

    /// <summary>The schema in the language's serialised form, base64; null where the language has none.</summary>
    string? SerializedText => null;

    /// <summary>The canonical text without extensions and extension ranges; null where the language has none.</summary>
    string? TextWithoutExtensions => null;

    /// <summary>
    /// The same schema for values of the named type (its full name, or relative to the package) instead of the first one;
    /// null where there is no such type, or the language's schemas describe one type each.
    /// </summary>
    ISchema? ForType(string name) => null;

    /// <summary>What keeps data written with <paramref name="writer"/> from being read with this schema; empty when nothing does.</summary>
    /// <exception cref="SchemaBudgetException">The pair is too big to compare.</exception>
    IReadOnlyList<SchemaDifference> CompareAsReaderOf(ISchema writer, SchemaBudget budget);

    /// <summary>The same under a policy other than the usual one; languages that know one policy only take every other for it.</summary>
    /// <exception cref="SchemaBudgetException">The pair is too big to compare.</exception>
    IReadOnlyList<SchemaDifference> CompareAsReaderOf(ISchema writer, CompatibilityPolicy policy, SchemaBudget budget) =>
        CompareAsReaderOf(writer, budget);

    /// <summary>
    /// Encodes a JSON value to the language's payload: what follows the schema id on the wire. For Protobuf that is the list of message
    /// indexes, then the message.
    /// </summary>
    /// <exception cref="SchemaDataException">The value does not fit the schema.</exception>
    /// <exception cref="SchemaBudgetException">The value is too big or too deep.</exception>
    void EncodeJson(JsonElement value, JsonForm form, IBufferWriter<byte> output, SchemaBudget budget);

    /// <summary>Decodes the language's payload (what follows the schema id on the wire) to a JSON value.</summary>
    /// <exception cref="SchemaDataException">The bytes are not data of this schema.</exception>
    /// <exception cref="SchemaBudgetException">The data is too big or too deep.</exception>
    void DecodeToJson(ReadOnlySpan<byte> payload, JsonForm form, Utf8JsonWriter output, SchemaBudget budget);

    /// <summary>
    /// Decodes data that another schema of the same language wrote to a value of this one: fields matched, defaults filled in, numbers
    /// widened, as the language has it.
    /// </summary>
    /// <exception cref="SchemaDataException">The bytes are not data of the writer, or cannot be read with this schema.</exception>
    /// <exception cref="SchemaBudgetException">The data is too big or too deep.</exception>
    void DecodeToJson(ISchema writer, ReadOnlySpan<byte> payload, JsonForm form, Utf8JsonWriter output, SchemaBudget budget);

    /// <summary>Looks whether a payload is data of this schema, and gives nothing back.</summary>
    /// <exception cref="SchemaDataException">It is not.</exception>
    /// <exception cref="SchemaBudgetException">The data is too big or too deep.</exception>
    void Validate(ReadOnlySpan<byte> payload, SchemaBudget budget);
}

/// <summary>Which JSON stands for a value.</summary>
public enum JsonForm
{
    /// <summary>The language's own JSON encoding; for Avro, unions are tagged with the branch they hold.</summary>
    Exact,

    /// <summary>
    /// JSON as people write it: union values may stand bare and the first branch that fits is taken, and fields left out take their defaults.
    /// What <see cref="Exact"/> writes is read as it was meant: an object of one member that names a branch and holds a value of it is a tag.
    /// </summary>
    Plain,
}
