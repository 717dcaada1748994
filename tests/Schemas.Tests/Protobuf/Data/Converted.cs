using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Gateway.Schemas.Protobuf.Data;
using Gateway.Schemas.Protobuf.Model;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Gateway.Schemas.Tests.Protobuf.Data;

/// <summary>Short ways to convert data, for the tests.</summary>
internal static class Converted
{
    public static ProtobufCodec CodecOf(FileDescriptor descriptor) => new(FileOf(descriptor));

    /// <summary>The linked model of a file that C# was generated for.</summary>
    public static ProtoFile FileOf(FileDescriptor descriptor)
    {
        var files = new List<FileDescriptorProto>();
        Collect(descriptor, files);
        var file = ProtoLinker.Link(files, SchemaBudget.Default, out var error);
        Assert.True(file is not null, error?.ToString());
        return file!;
    }

    public static byte[] Encode(this ProtobufCodec codec, ProtoMessage type, string json, JsonForm form = JsonForm.Exact, SchemaBudget? budget = null)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 100_000 });
        var output = new ArrayBufferWriter<byte>();
        codec.Encode(type, document.RootElement, form, output, budget ?? SchemaBudget.Default);
        return output.WrittenSpan.ToArray();
    }

    public static string Decode(this ProtobufCodec codec, ReadOnlySpan<byte> payload, JsonForm form = JsonForm.Exact, SchemaBudget? budget = null)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            codec.Decode(payload, form, writer, budget ?? SchemaBudget.Default);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    public static string Decode(this ProtobufCodec codec, ProtoFile writer, ReadOnlySpan<byte> payload)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output)) codec.Decode(writer, payload, JsonForm.Exact, json, SchemaBudget.Default);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    /// <summary>A payload: the message indexes, then the message.</summary>
    public static byte[] Payload(this ProtoMessage type, ReadOnlySpan<byte> message)
    {
        var output = new ArrayBufferWriter<byte>();
        MessageIndexes.Write(type.Indexes, output);
        output.Write(message);
        return output.WrittenSpan.ToArray();
    }

    public static byte[] Hex(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

    public static bool SameJson(string one, string other)
    {
        var options = new JsonDocumentOptions { MaxDepth = 10_000 };
        using var first = JsonDocument.Parse(one, options);
        using var second = JsonDocument.Parse(other, options);
        return JsonElement.DeepEquals(first.RootElement, second.RootElement);
    }

    private static void Collect(FileDescriptor descriptor, List<FileDescriptorProto> files)
    {
        if (files.Exists(file => file.Name == descriptor.Name)) return;
        foreach (var dependency in descriptor.Dependencies) Collect(dependency, files);
        files.Add(FileDescriptorProto.Parser.ParseFrom(descriptor.SerializedData));
    }
}
