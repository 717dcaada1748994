using System.Collections.Concurrent;
using System.Reflection;
using Gateway.Schemas.Protobuf.Model;
using Gateway.Schemas.Protobuf.Parsing;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Gateway.Schemas.Protobuf.BuiltIn;

/// <summary>
/// The files every schema may import without a reference. Each is loaded and linked when first asked for, and shared by all who import it.
/// </summary>
internal static class BuiltInFiles
{
    public const string Descriptor = "google/protobuf/descriptor.proto";

    private const string ResourcePrefix = "proto:";

    // The well-known types come with the Protobuf library itself. Its descriptor.proto is older than the editions served here.
    private static readonly Dictionary<string, Func<FileDescriptor>> WellKnown = new(StringComparer.Ordinal)
    {
        ["google/protobuf/any.proto"] = () => Any.Descriptor.File,
        ["google/protobuf/api.proto"] = () => Api.Descriptor.File,
        ["google/protobuf/duration.proto"] = () => Duration.Descriptor.File,
        ["google/protobuf/empty.proto"] = () => Empty.Descriptor.File,
        ["google/protobuf/field_mask.proto"] = () => FieldMask.Descriptor.File,
        ["google/protobuf/source_context.proto"] = () => SourceContext.Descriptor.File,
        ["google/protobuf/struct.proto"] = () => Struct.Descriptor.File,
        ["google/protobuf/timestamp.proto"] = () => Timestamp.Descriptor.File,
        ["google/protobuf/type.proto"] = () => Google.Protobuf.WellKnownTypes.Type.Descriptor.File,
        ["google/protobuf/wrappers.proto"] = () => Int32Value.Descriptor.File,
    };

    private static readonly Lazy<HashSet<string>> Texts = new(() =>
        typeof(BuiltInFiles).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(ResourcePrefix, StringComparison.Ordinal))
            .Select(name => name[ResourcePrefix.Length..])
            .ToHashSet(StringComparer.Ordinal));

    private static readonly ConcurrentDictionary<string, Lazy<ProtoFile>> Loaded = new(StringComparer.Ordinal);

    /// <summary>Paths of all of them.</summary>
    public static IEnumerable<string> Paths => WellKnown.Keys.Concat(Texts.Value);

    public static bool Has(string path) => WellKnown.ContainsKey(path) || Texts.Value.Contains(path);

    /// <summary>The file of that path, which must be one of these.</summary>
    public static ProtoFile Load(string path) => Loaded.GetOrAdd(path, static path => new Lazy<ProtoFile>(() => Link(path))).Value;

    /// <summary>One of the messages that options are, such as <c>FieldOptions</c>.</summary>
    public static ProtoMessage OptionsType(string name) => Load(Descriptor).FindMessage("google.protobuf." + name)!;

    private static ProtoFile Link(string path)
    {
        var meter = SchemaBudget.Default.Start();
        var proto = WellKnown.TryGetValue(path, out var descriptor)
            ? descriptor().ToProto()
            : FileParser.Parse(path, Text(path), new ProtoPositions(), meter);
        var pool = new ProtoPool();
        foreach (var file in proto.Dependency.Select(Load).SelectMany(file => file.All()).Distinct()) pool.AddLinked(file, meter);
        return ProtoCompiler.Compile(proto, pool, meter, strict: true);
    }

    private static string Text(string path)
    {
        using var stream = typeof(BuiltInFiles).Assembly.GetManifestResourceStream(ResourcePrefix + path)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
