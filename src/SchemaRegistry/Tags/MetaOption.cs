using Google.Protobuf;

namespace Gateway.SchemaRegistry.Tags;

/// <summary>
/// The option <c>confluent.Meta</c> (doc = 1, params = 2, tags = 3) that messages and fields have under the number 1088, read and written on the
/// wire: whatever else there is stays as it is.
/// </summary>
internal static class MetaOption
{
    private const int Meta = 1088;
    private const int Tags = 3;
    private const uint MetaTag = Meta << 3 | (uint)WireFormat.WireType.LengthDelimited;
    private const uint TagsTag = Tags << 3 | (uint)WireFormat.WireType.LengthDelimited;

    public static IReadOnlyList<string> TagsOf(IMessage? options) => options is null ? [] : TagsOf(Split(options.ToByteArray(), MetaTag).Taken);

    /// <summary>The options with other tags; null when nothing is left of them.</summary>
    public static T? With<T>(T options, MessageParser<T> parser, IReadOnlyList<string> tags) where T : class, IMessage<T>
    {
        var (metas, others) = Split(options.ToByteArray(), MetaTag);
        var meta = new List<byte>();
        foreach (var written in metas) meta.AddRange(Split(written, TagsTag).Others);
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
        {
            foreach (var tag in tags)
            {
                output.WriteTag(TagsTag);
                output.WriteString(tag);
            }
        }
        meta.AddRange(stream.ToArray());
        stream.SetLength(0);
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
        {
            if (meta.Count > 0)
            {
                output.WriteTag(MetaTag);
                output.WriteBytes(ByteString.CopyFrom([.. meta]));
            }
        }
        byte[] bytes = [.. others, .. stream.ToArray()];
        return bytes.Length == 0 ? null : parser.ParseFrom(bytes);
    }

    private static List<string> TagsOf(List<byte[]> metas) =>
        [.. metas.SelectMany(meta => Split(meta, TagsTag).Taken).Select(System.Text.Encoding.UTF8.GetString)];

    /// <summary>The contents of a field that has a length, and the bytes of all other fields as they are.</summary>
    private static (List<byte[]> Taken, List<byte> Others) Split(byte[] message, uint wanted)
    {
        var (taken, others) = (new List<byte[]>(), new List<byte>());
        using var input = new CodedInputStream(message);
        while (true)
        {
            var start = (int)input.Position;
            var tag = input.ReadTag();
            if (tag == 0) return (taken, others);
            if (tag == wanted)
            {
                taken.Add(input.ReadBytes().ToByteArray());
                continue;
            }
            input.SkipLastField();
            others.AddRange(message.AsSpan(start, (int)input.Position - start));
        }
    }
}
