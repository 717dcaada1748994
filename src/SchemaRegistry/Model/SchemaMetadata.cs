using System.Collections.Immutable;
using System.Text.Json;

namespace Gateway.SchemaRegistry.Model;

/// <summary>What a registrant says about a schema beside its text.</summary>
internal sealed record SchemaMetadata(
    ImmutableSortedDictionary<string, ImmutableSortedSet<string>> Tags,
    ImmutableSortedDictionary<string, string> Properties,
    ImmutableSortedSet<string> Sensitive)
{
    /// <summary>The property that holds a version the registrant asked for.</summary>
    public const string VersionProperty = "confluent:version";

    public static SchemaMetadata Empty { get; } = new(
        ImmutableSortedDictionary.Create<string, ImmutableSortedSet<string>>(StringComparer.Ordinal),
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal),
        ImmutableSortedSet.Create<string>(StringComparer.Ordinal));

    /// <summary>The first member of a wrong shape, and what it must be: taken for absent it would be lost unseen. Null when all fit.</summary>
    public static string? Misfit(JsonElement json, string place)
    {
        if (JsonBody.Member(json, "tags") is { } tags && (tags.ValueKind != JsonValueKind.Object || !tags.EnumerateObject().All(static tag => AreTexts(tag.Value))))
            return $"{place}.tags of the request body must be an object of arrays of strings";
        if (JsonBody.Member(json, "properties") is { ValueKind: not JsonValueKind.Object })
            return $"{place}.properties of the request body must be an object of strings";
        return JsonBody.Member(json, "sensitive") is { } sensitive && !AreTexts(sensitive)
            ? $"{place}.sensitive of the request body must be an array of strings"
            : null;
    }

    public static SchemaMetadata? Read(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object) return null;
        var metadata = Empty;
        foreach (var (tag, values) in JsonBody.Members(json, "tags"))
        {
            var set = JsonBody.Texts(values).ToImmutableSortedSet(StringComparer.Ordinal);
            metadata = metadata with { Tags = metadata.Tags.SetItem(tag, set) };
        }
        foreach (var (name, value) in JsonBody.Members(json, "properties"))
            metadata = metadata with { Properties = metadata.Properties.SetItem(name, JsonBody.AsText(value)) };
        if (json.TryGetProperty("sensitive", out var sensitive))
            metadata = metadata with { Sensitive = JsonBody.Texts(sensitive).ToImmutableSortedSet(StringComparer.Ordinal) };
        return metadata;
    }

    private static bool AreTexts(JsonElement value) => value.ValueKind == JsonValueKind.Null
        || (value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(static item => item.ValueKind == JsonValueKind.String));

    public void Write(Utf8JsonWriter output)
    {
        output.WriteStartObject();
        if (Tags.Count > 0)
        {
            output.WriteStartObject("tags");
            foreach (var (tag, values) in Tags) JsonBody.WriteTexts(output, tag, values);
            output.WriteEndObject();
        }
        if (Properties.Count > 0)
        {
            output.WriteStartObject("properties");
            foreach (var (name, value) in Properties) output.WriteString(name, value);
            output.WriteEndObject();
        }
        if (Sensitive.Count > 0) JsonBody.WriteTexts(output, "sensitive", Sensitive);
        output.WriteEndObject();
    }

    /// <summary>This with another's members over it.</summary>
    public static SchemaMetadata? Merge(SchemaMetadata? under, SchemaMetadata? over)
    {
        if (under is null) return over;
        if (over is null) return under;
        return new SchemaMetadata(
            under.Tags.SetItems(over.Tags), under.Properties.SetItems(over.Properties), under.Sensitive.Union(over.Sensitive));
    }

    /// <summary>This without the version asked for, which does not make a schema another one.</summary>
    public SchemaMetadata WithoutVersion() => this with { Properties = Properties.Remove(VersionProperty) };

    public bool SameAs(SchemaMetadata? other) =>
        other is not null
        && Properties.SequenceEqual(other.Properties)
        && Sensitive.SequenceEqual(other.Sensitive)
        && Tags.Count == other.Tags.Count
        && Tags.All(tag => other.Tags.TryGetValue(tag.Key, out var values) && values.SequenceEqual(tag.Value));
}
