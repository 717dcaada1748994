using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using Gateway.SchemaRegistry.Model;
using Gateway.SchemaRegistry.State;

namespace Gateway.SchemaRegistry.Http;

/// <summary>
/// Answers what clients ask most, the schema of an id and nothing else, from bytes encoded once. Whatever is asked in another way is left to the
/// route.
/// </summary>
internal sealed class EncodedSchemas(RegistryService service)
{
    // As much as some ten thousand schemas take; beyond it all are encoded anew as they are asked for.
    private const long MaxKeptBytes = 16 * 1024 * 1024;
    private const string Prefix = "/schemas/ids/";

    private readonly ConcurrentDictionary<SchemaContent, byte[]> _kept = new(ReferenceEqualityComparer.Instance);
    private long _keptBytes;

    /// <summary>The body for a request by its raw target, when it is a plain one that succeeds.</summary>
    public bool TryFind(string target, [NotNullWhen(true)] out byte[]? body)
    {
        body = null;
        if (!service.IsReady || !target.StartsWith(Prefix, StringComparison.Ordinal)) return false;
        if (!int.TryParse(target.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return false;
        if (!service.Image.Ids.TryGetValue(new ContextId(QualifiedSubject.DefaultContext, number), out var entry)) return false;
        if (!_kept.TryGetValue(entry.Content, out body)) body = Keep(entry.Content);
        return true;
    }

    private byte[] Keep(SchemaContent content)
    {
        var bytes = new ArrayBufferWriter<byte>(content.Utf8.Length + 128);
        using (var output = new Utf8JsonWriter(bytes, RegistryExchange.Relaxed)) SchemaReplies.Content(output, content, SchemaView.Stored(content), null, null);
        var body = bytes.WrittenSpan.ToArray();
        if (Interlocked.Add(ref _keptBytes, body.Length) > MaxKeptBytes)
        {
            _kept.Clear();
            Interlocked.Exchange(ref _keptBytes, body.Length);
        }
        _kept[content] = body;
        return body;
    }
}
