using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Gateway.SchemaRegistry.Tags;

/// <summary>
/// The messages of a .proto file and their fields, by their names within the package: <c>Order.Line.price</c>. Their tags are in the options
/// <c>(confluent.message_meta)</c> and <c>(confluent.field_meta)</c>.
/// </summary>
internal static class ProtobufTags
{
    private const string Import = "confluent/meta.proto";

    // The schema was taken, so it is no deeper than schemas may be; that is more than readers of Protobuf allow by themselves.
    private const int MaxDepth = 10_000;

    /// <param name="descriptor">The file's descriptor in base64.</param>
    public static TaggableSchema Of(string descriptor)
    {
        var file = Read(descriptor);
        var found = new List<Taggable>();
        foreach (var message in file.MessageType) Walk(message, "", found);
        return new TaggableSchema(found, () => Print(file, found));
    }

    /// <param name="descriptor">The file's descriptor in base64.</param>
    public static string PackageOf(string descriptor) => Read(descriptor).Package;

    private static FileDescriptorProto Read(string descriptor)
    {
        using var stream = new MemoryStream(Convert.FromBase64String(descriptor));
        using var input = CodedInputStream.CreateWithLimits(stream, int.MaxValue, MaxDepth);
        return FileDescriptorProto.Parser.ParseFrom(input);
    }

    private static void Walk(DescriptorProto message, string way, List<Taggable> found)
    {
        if (message.Options is { MapEntry: true }) return;
        var path = way + message.Name;
        found.Add(new MessageTaggable(path, message));
        foreach (var field in message.Field) found.Add(new FieldTaggable($"{path}.{field.Name}", field));
        foreach (var nested in message.NestedType) Walk(nested, path + ".", found);
    }

    private static string Print(FileDescriptorProto file, List<Taggable> entities)
    {
        if (entities.Any(entity => entity.Tags.Count > 0) && !file.Dependency.Contains(Import)) file.Dependency.Add(Import);
        return Convert.ToBase64String(file.ToByteArray());
    }

    private sealed class MessageTaggable(string path, DescriptorProto message) : Taggable(path, isField: false)
    {
        public override IReadOnlyList<string> Tags
        {
            get => MetaOption.TagsOf(message.Options);
            set => message.Options = MetaOption.With(message.Options ?? new MessageOptions(), MessageOptions.Parser, value);
        }
    }

    private sealed class FieldTaggable(string path, FieldDescriptorProto described) : Taggable(path, isField: true)
    {
        public override IReadOnlyList<string> Tags
        {
            get => MetaOption.TagsOf(described.Options);
            set => described.Options = MetaOption.With(described.Options ?? new FieldOptions(), FieldOptions.Parser, value);
        }
    }
}
