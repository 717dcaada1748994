using System.Buffers;
using System.Collections.Concurrent;
using System.Text.Encodings.Web;
using System.Text.Json;
using Gateway.Schemas.Protobuf.Model;
using Gateway.Schemas.Text;

namespace Gateway.Schemas.Protobuf.Data;

/// <summary>
/// Converts data of one file's messages between the binary form, behind its message indexes, and Protobuf's JSON. Made once for a file and
/// shared by all threads: what it knows of each message is worked out when the first data of it comes by.
/// </summary>
/// <remarks>
/// The two forms of JSON differ in one thing. <see cref="JsonForm.Exact"/> is canonical Protobuf JSON, in which an Any can only be written
/// when its type is known. <see cref="JsonForm.Plain"/> writes an Any of unknown type as <c>{"@type": …, "value": base64}</c> and reads that
/// back, so that one foreign part does not make a record unreadable.
/// </remarks>
internal sealed class ProtobufCodec(ProtoFile file)
{
    private static readonly JsonWriterOptions Unescaped = new() { SkipValidation = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ConcurrentDictionary<ProtoMessage, MessagePlan> _messages = new(ReferenceEqualityComparer.Instance);
    private readonly ConcurrentDictionary<ProtoEnum, EnumPlan> _enums = new(ReferenceEqualityComparer.Instance);
    private readonly Lazy<ILookup<string, ProtoField>> _extensions = new(() => CollectExtensions(file));
    private readonly Lazy<Dictionary<string, ProtoMessage>> _types = new(() => CollectTypes(file));
    private Utf8JsonWriter? _nowhere;

    /// <summary>Writes the message indexes of the type and then the value.</summary>
    public void Encode(ProtoMessage type, JsonElement value, JsonForm form, IBufferWriter<byte> output, SchemaBudget budget)
    {
        var encoder = new JsonEncoder(this, form, budget);
        try
        {
            encoder.Encode(PlanOf(type), value);
            MessageIndexes.Write(type.Indexes, output);
            encoder.CopyTo(output);
        }
        catch (InvalidOperationException fault)
        {
            // What JsonElement says of escapes that are half a character.
            throw new SchemaDataException($"A string is not valid text: {fault.Message}", fault);
        }
        finally
        {
            encoder.Return();
        }
    }

    /// <summary>Reads the message indexes and writes the message they name.</summary>
    public void Decode(ReadOnlySpan<byte> payload, JsonForm form, Utf8JsonWriter output, SchemaBudget budget)
    {
        var decoder = new JsonDecoder(this, payload, form, output, budget);
        try
        {
            decoder.Decode(PlanOf(decoder.ReadType(file)));
        }
        finally
        {
            decoder.Return();
        }
    }

    /// <summary>
    /// The same for data of another version of the file: its message indexes count there, and the type of that name is read here.
    /// Fields whose wire type has changed since are unknown fields, as they are to every Protobuf parser; what was bytes and is a string now
    /// is written as text as far as it is text, since that change counts as compatible.
    /// </summary>
    public void Decode(ProtoFile writer, ReadOnlySpan<byte> payload, JsonForm form, Utf8JsonWriter output, SchemaBudget budget)
    {
        var decoder = new JsonDecoder(this, payload, form, output, budget) { ReadsOtherVersion = true };
        try
        {
            var written = decoder.ReadType(writer);
            var read = file.FindMessage(written.FullName) ?? FindRelative(written)
                ?? throw new SchemaDataException($"The data is of message {written.FullName}, which the reader's schema does not have");
            decoder.Decode(PlanOf(read));
        }
        finally
        {
            decoder.Return();
        }
    }

    /// <summary>
    /// Throws when the payload is not data of this file's messages. Only what every Protobuf parser demands is checked:
    /// whether the data has a JSON form (a timestamp beyond the year 9999 has none) is another question.
    /// </summary>
    public void Validate(ReadOnlySpan<byte> payload, SchemaBudget budget)
    {
        // One writer is kept for whoever validates next; two at the same time make another.
        var output = Interlocked.Exchange(ref _nowhere, null) ?? new Utf8JsonWriter(new DiscardedOutput(), Unescaped);
        var decoder = new JsonDecoder(this, payload, JsonForm.Plain, output, budget) { IgnoresWellKnownForms = true };
        try
        {
            decoder.Decode(PlanOf(decoder.ReadType(file)));
        }
        finally
        {
            decoder.Return();
            output.Reset();
            _nowhere = output;
        }
    }

    /// <summary>Full name of the type the message indexes name.</summary>
    public string NameOf(ReadOnlySpan<byte> payload)
    {
        var reader = new WireReader(payload, SchemaBudget.Default, SchemaBudget.Default.MaxDepth);
        return MessageIndexes.Read(ref reader, file).FullName;
    }

    public MessagePlan PlanOf(ProtoMessage message) =>
        _messages.TryGetValue(message, out var plan) ? plan : _messages.GetOrAdd(message, new MessagePlan(this, message));

    public EnumPlan PlanOf(ProtoEnum @enum) =>
        _enums.TryGetValue(@enum, out var plan) ? plan : _enums.GetOrAdd(@enum, new EnumPlan(@enum));

    /// <summary>The type an Any's URL names: what follows the last slash, in the file or in any it rests on.</summary>
    public MessagePlan? FindType(string url) =>
        _types.Value.TryGetValue(url[(url.LastIndexOf('/') + 1)..], out var found) ? PlanOf(found) : null;

    public IEnumerable<ProtoField> ExtensionsOf(ProtoMessage message) =>
        message.Proto.ExtensionRange.Count == 0 ? [] : _extensions.Value[message.FullName];

    /// <summary>The type by the name it has within its package, which may have moved.</summary>
    private ProtoMessage? FindRelative(ProtoMessage written)
    {
        var name = written.File.Package.Length == 0 ? written.FullName : written.FullName[(written.File.Package.Length + 1)..];
        return file.FindMessage(file.Package.Length == 0 ? name : $"{file.Package}.{name}");
    }

    private static ILookup<string, ProtoField> CollectExtensions(ProtoFile file) => file.All()
        .SelectMany(each => each.Symbols.Values)
        .Select(symbol => symbol.Definition)
        .OfType<ProtoField>()
        .Where(field => field.IsExtension)
        .ToLookup(field => field.ContainingType.FullName, StringComparer.Ordinal);

    private static Dictionary<string, ProtoMessage> CollectTypes(ProtoFile file)
    {
        var types = new Dictionary<string, ProtoMessage>(StringComparer.Ordinal);
        foreach (var symbol in file.All().SelectMany(each => each.Symbols.Values))
        {
            if (symbol.Definition is ProtoMessage message) types.TryAdd(message.FullName, message);
        }
        return types;
    }
}
