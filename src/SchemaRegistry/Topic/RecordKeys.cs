using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Gateway.Schemas.Text;
using Gateway.SchemaRegistry.Model;

namespace Gateway.SchemaRegistry.Topic;

internal enum RecordKind
{
    Schema,
    Config,
    Mode,
    DeleteSubject,
    ClearSubject,
    Context,
    Association,
    Noop,
}

/// <summary>A record's key, whichever registry wrote it.</summary>
/// <param name="Kind">What the record is about.</param>
/// <param name="Subject">Subject; null for the whole registry.</param>
/// <param name="Version">Version, for a schema.</param>
/// <param name="Context">Context name, for a context.</param>
/// <param name="Sequence">The offset its writer expected it at; only one dialect writes it.</param>
/// <param name="Association">What is tied to what, for an association.</param>
internal sealed record RecordKey(
    RecordKind Kind, string? Subject, int Version, string? Context, long? Sequence, AssociationKey? Association = null)
{
    private static readonly Dictionary<string, RecordKind> Kinds = new(StringComparer.Ordinal)
    {
        ["SCHEMA"] = RecordKind.Schema,
        ["CONFIG"] = RecordKind.Config,
        ["MODE"] = RecordKind.Mode,
        ["DELETE_SUBJECT"] = RecordKind.DeleteSubject,
        ["CLEAR_SUBJECT"] = RecordKind.ClearSubject,
        ["CONTEXT"] = RecordKind.Context,
        ["ASSOC"] = RecordKind.Association,
        ["NOOP"] = RecordKind.Noop,
    };

    private static readonly Dictionary<RecordKind, string> NamesOfKinds = Kinds.ToDictionary(kind => kind.Value, kind => kind.Key);

    /// <summary>Reads a key that a registry wrote; null when none did.</summary>
    public static RecordKey? Read(byte[] key) => Read(key, out _);

    /// <summary>
    /// Reads a key; null when it is not a registry's, and why. A member of the wrong type is not an absent one: without its subject a mode would be
    /// that of everything.
    /// </summary>
    public static RecordKey? Read(byte[] key, out string? problem)
    {
        problem = null;
        try
        {
            var json = new Utf8JsonReader(key);
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject) return Refuse(RecordProblem.KeyIsNoJson, out problem);
            string? keyType = null, subject = null, context = null, resource = null, place = null, resourceType = null, associationType = null;
            long? version = null, magic = null, sequence = null;
            var fits = true;
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                if (json.ValueTextEquals("keytype"u8)) keyType = Text(ref json, ref fits);
                else if (json.ValueTextEquals("subject"u8)) subject = Text(ref json, ref fits);
                else if (json.ValueTextEquals("context"u8)) context = Text(ref json, ref fits);
                else if (json.ValueTextEquals("version"u8)) version = Number(ref json, ref fits);
                else if (json.ValueTextEquals("magic"u8)) magic = Number(ref json, ref fits);
                else if (json.ValueTextEquals("seq"u8)) sequence = Number(ref json, ref fits);
                else if (json.ValueTextEquals("resourceName"u8)) resource = Text(ref json, ref fits);
                else if (json.ValueTextEquals("resourceNamespace"u8)) place = Text(ref json, ref fits);
                else if (json.ValueTextEquals("resourceType"u8)) resourceType = Text(ref json, ref fits);
                else if (json.ValueTextEquals("associationType"u8)) associationType = Text(ref json, ref fits);
                else json.Skip();
            }
            // Anything behind the object is a fault, which reading on tells.
            if (json.Read()) return Refuse(RecordProblem.KeyIsNoJson, out problem);
            if (keyType is null) return Refuse(RecordProblem.KeyMember, out problem);
            if (!Kinds.TryGetValue(keyType, out var kind)) return Refuse(RecordProblem.UnknownKind, out problem);
            if (magic is not (null or 0) && !(magic == 1 && kind == RecordKind.Schema)) return Refuse(RecordProblem.Magic, out problem);
            var isWhole = fits && kind switch
            {
                RecordKind.Schema => subject is not null && version is > 0 and <= int.MaxValue,
                RecordKind.DeleteSubject or RecordKind.ClearSubject => subject is not null,
                RecordKind.Context => context is not null,
                RecordKind.Association => subject is not null && resource is not null && place is not null && associationType is not null,
                _ => true,
            };
            if (!isWhole) return Refuse(RecordProblem.KeyMember, out problem);
            if (kind == RecordKind.Context && !QualifiedSubject.IsContextName(context!)) return Refuse(RecordProblem.ContextName, out problem);
            return kind == RecordKind.Association
                ? new RecordKey(
                    kind, subject, 0, null, null,
                    new AssociationKey(resource!, place!, resourceType ?? Model.Association.Topic, associationType!, subject!))
                : new RecordKey(kind, subject, (int)(kind == RecordKind.Schema ? version!.Value : 0), context, sequence);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return Refuse(RecordProblem.KeyIsNoJson, out problem);
        }
    }

    private static RecordKey? Refuse(string why, out string? problem)
    {
        problem = why;
        return null;
    }

    private static string? Text(ref Utf8JsonReader json, ref bool fits)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.String) return json.GetString();
        fits &= json.TokenType == JsonTokenType.Null;
        json.Skip();
        return null;
    }

    private static long? Number(ref Utf8JsonReader json, ref bool fits)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.Number && json.TryGetInt64(out var number)) return number;
        fits &= json.TokenType == JsonTokenType.Null;
        json.Skip();
        return null;
    }

    /// <summary>What the key stands for, whatever bytes it is written in.</summary>
    public string Logical => Association is { } association
        ? $"{Kind}\0{association.ResourceName}\0{association.ResourceNamespace}\0{association.ResourceType}\0{association.AssociationType}\0{Subject}"
        : string.Create(CultureInfo.InvariantCulture, $"{Kind}\0{Subject}\0{Version}\0{Context}");

    /// <summary>Whether these are the very bytes this registry writes the key in.</summary>
    public bool IsWrittenAs(ReadOnlySpan<byte> raw)
    {
        // Most keys are schemas', with nothing to escape in their subjects; for these there is a shorter way, and where it says no, the long one tells.
        Span<byte> plain = stackalloc byte[256];
        if (Kind == RecordKind.Schema
            && Utf8.TryWrite(plain, CultureInfo.InvariantCulture, $"{{\"keytype\":\"SCHEMA\",\"subject\":\"{Subject}\",\"version\":{Version},\"magic\":1}}", out var length)
            && raw.SequenceEqual(plain[..length]))
            return true;
        return raw.SequenceEqual(ToBytes());
    }

    /// <summary>The key as this registry writes it; member order is what compaction goes by.</summary>
    public byte[] ToBytes()
    {
        var text = new StringBuilder("{\"keytype\":\"");
        text.Append(NamesOfKinds[Kind]).Append('"');
        if (Kind == RecordKind.Context)
        {
            text.Append(",\"tenant\":\"default\",\"context\":");
            CompactJson.AppendString(text, Context!);
        }
        if (Association is { } association)
        {
            text.Append(",\"tenant\":\"default\",\"resourceName\":");
            CompactJson.AppendString(text, association.ResourceName);
            text.Append(",\"resourceNamespace\":");
            CompactJson.AppendString(text, association.ResourceNamespace);
            text.Append(",\"resourceType\":");
            CompactJson.AppendString(text, association.ResourceType);
            text.Append(",\"associationType\":");
            CompactJson.AppendString(text, association.AssociationType);
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

    public static RecordKey ForAssociation(AssociationKey association) => new(RecordKind.Association, association.Subject, 0, null, null, association);

    public static RecordKey Noop { get; } = new(RecordKind.Noop, null, 0, null, null);
}
