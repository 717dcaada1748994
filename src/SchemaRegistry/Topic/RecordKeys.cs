using System.Globalization;
using System.Text;
using System.Text.Json;
using Gateway.Schemas.Text;
using Gateway.SchemaRegistry.Model;

namespace Gateway.SchemaRegistry.Topic;

internal enum RecordKind
{
    Unknown,
    Schema,
    Config,
    Mode,
    DeleteSubject,
    ClearSubject,
    Context,
    Noop,
}

/// <summary>A record's key, whichever registry wrote it.</summary>
/// <param name="Kind">What the record is about.</param>
/// <param name="Subject">Subject; null for the whole registry.</param>
/// <param name="Version">Version, for a schema.</param>
/// <param name="Context">Context name, for a context.</param>
/// <param name="Sequence">The offset its writer expected it at; only one dialect writes it.</param>
internal sealed record RecordKey(RecordKind Kind, string? Subject, int Version, string? Context, long? Sequence)
{
    private static readonly Dictionary<string, RecordKind> Kinds = new(StringComparer.Ordinal)
    {
        ["SCHEMA"] = RecordKind.Schema,
        ["CONFIG"] = RecordKind.Config,
        ["MODE"] = RecordKind.Mode,
        ["DELETE_SUBJECT"] = RecordKind.DeleteSubject,
        ["CLEAR_SUBJECT"] = RecordKind.ClearSubject,
        ["CONTEXT"] = RecordKind.Context,
        ["NOOP"] = RecordKind.Noop,
    };

    /// <summary>Reads a key; null when it is not a registry's.</summary>
    public static RecordKey? Read(byte[] key)
    {
        try
        {
            using var document = JsonDocument.Parse(key);
            var json = document.RootElement;
            if (JsonBody.Text(json, "keytype") is not { } keyType) return null;
            var kind = Kinds.GetValueOrDefault(keyType);
            long? sequence = JsonBody.Member(json, "seq") is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var value)
                ? value
                : null;
            return new RecordKey(
                kind, JsonBody.Text(json, "subject"), JsonBody.Integer(json, "version") ?? 0, JsonBody.Text(json, "context"), sequence);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>What the key stands for, whatever bytes it is written in.</summary>
    public string Logical => string.Create(CultureInfo.InvariantCulture, $"{Kind}\0{Subject}\0{Version}\0{Context}");

    /// <summary>The key as this registry writes it; member order is what compaction goes by.</summary>
    public byte[] ToBytes()
    {
        var text = new StringBuilder("{\"keytype\":\"");
        text.Append(Kinds.First(kind => kind.Value == Kind).Key).Append('"');
        if (Kind == RecordKind.Context)
        {
            text.Append(",\"tenant\":\"default\",\"context\":");
            CompactJson.AppendString(text, Context!);
        }
        if (Subject is not null)
        {
            text.Append(",\"subject\":");
            CompactJson.AppendString(text, Subject);
        }
        if (Kind == RecordKind.Schema) text.Append(CultureInfo.InvariantCulture, $",\"version\":{Version}");
        text.Append(Kind == RecordKind.Schema ? ",\"magic\":1}" : ",\"magic\":0}");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    public static RecordKey Schema(string subject, int version) => new(RecordKind.Schema, subject, version, null, null);

    public static RecordKey Config(string? subject) => new(RecordKind.Config, subject, 0, null, null);

    public static RecordKey Mode(string? subject) => new(RecordKind.Mode, subject, 0, null, null);

    public static RecordKey DeleteSubject(string subject) => new(RecordKind.DeleteSubject, subject, 0, null, null);

    public static RecordKey ClearSubject(string subject) => new(RecordKind.ClearSubject, subject, 0, null, null);

    public static RecordKey ForContext(string context) => new(RecordKind.Context, null, 0, context, null);

    public static RecordKey Noop { get; } = new(RecordKind.Noop, null, 0, null, null);
}
