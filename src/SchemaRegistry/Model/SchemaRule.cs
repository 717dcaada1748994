using System.Collections.Immutable;
using System.Text.Json;

namespace Gateway.SchemaRegistry.Model;

/// <summary>One rule of a rule set.</summary>
internal sealed record SchemaRule
{
    private static readonly string[] Kinds = ["TRANSFORM", "CONDITION"];
    private static readonly string[] TextMembers = ["name", "doc", "kind", "mode", "type", "expr", "onSuccess", "onFailure"];
    private static readonly string[] Modes = ["UPGRADE", "DOWNGRADE", "UPDOWN", "WRITE", "READ", "WRITEREAD"];

    public string? Name { get; init; }

    public string? Doc { get; init; }

    public string Kind { get; init; } = "TRANSFORM";

    public string Mode { get; init; } = "WRITEREAD";

    public string? Type { get; init; }

    public ImmutableSortedSet<string> Tags { get; init; } = [];

    public ImmutableSortedDictionary<string, string> Params { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    public string? Expression { get; init; }

    public string? OnSuccess { get; init; }

    public string? OnFailure { get; init; }

    public bool Disabled { get; init; }

    public bool IsMigration => Mode is "UPGRADE" or "DOWNGRADE" or "UPDOWN";

    private bool GoesBothWays => Mode is "UPDOWN" or "WRITEREAD";

    /// <summary>The first member of a wrong shape, and what it must be; null when all fit.</summary>
    public static string? Misfit(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object) return "each rule must be an object";
        foreach (var name in TextMembers)
            if (JsonBody.Member(json, name) is { ValueKind: not JsonValueKind.String }) return $"{name} must be a string";
        if (JsonBody.Member(json, "tags") is { } tags
            && (tags.ValueKind != JsonValueKind.Array || tags.EnumerateArray().Any(static tag => tag.ValueKind != JsonValueKind.String)))
            return "tags must be an array of strings";
        // A number or a flag is taken for its text, as a JVM registry does.
        if (JsonBody.Member(json, "params") is { } given
            && (given.ValueKind != JsonValueKind.Object || given.EnumerateObject().Any(static member => member.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array)))
            return "params must be an object of strings";
        return JsonBody.Member(json, "disabled") is not null && JsonBody.Boolean(json, "disabled") is null ? "disabled must be true or false" : null;
    }

    public static SchemaRule Read(JsonElement json) => new()
    {
        Name = JsonBody.Text(json, "name"),
        Doc = JsonBody.Text(json, "doc"),
        Kind = JsonBody.Text(json, "kind") ?? "TRANSFORM",
        Mode = JsonBody.Text(json, "mode") ?? "WRITEREAD",
        Type = JsonBody.Text(json, "type"),
        Tags = (JsonBody.Member(json, "tags") is { } tags ? JsonBody.Texts(tags) : []).ToImmutableSortedSet(StringComparer.Ordinal),
        // Of two under one name the last one counts, as everywhere.
        Params = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).SetItems(
            JsonBody.Members(json, "params").Select(member => KeyValuePair.Create(member.Name, JsonBody.AsText(member.Value)))),
        Expression = JsonBody.Text(json, "expr"),
        OnSuccess = JsonBody.Text(json, "onSuccess"),
        OnFailure = JsonBody.Text(json, "onFailure"),
        Disabled = JsonBody.Boolean(json, "disabled") ?? false,
    };

    public void Write(Utf8JsonWriter output)
    {
        output.WriteStartObject();
        WriteText(output, "name", Name);
        WriteText(output, "doc", Doc);
        output.WriteString("kind", Kind);
        output.WriteString("mode", Mode);
        WriteText(output, "type", Type);
        if (Tags.Count > 0) JsonBody.WriteTexts(output, "tags", Tags);
        if (Params.Count > 0)
        {
            output.WriteStartObject("params");
            foreach (var (name, value) in Params) output.WriteString(name, value);
            output.WriteEndObject();
        }
        WriteText(output, "expr", Expression);
        WriteText(output, "onSuccess", OnSuccess);
        WriteText(output, "onFailure", OnFailure);
        output.WriteBoolean("disabled", Disabled);
        output.WriteEndObject();
    }

    public string? Problem()
    {
        if (Name is not { Length: > 0 and <= 256 } || !IsName(Name)) return $"rule name '{Name}' is not valid";
        if (Type is not { Length: > 0 }) return $"rule {Name} has no type";
        if (!Kinds.Contains(Kind)) return $"rule {Name} has the unknown kind {Kind}";
        if (!Modes.Contains(Mode)) return $"rule {Name} has the unknown mode {Mode}";
        if (HasTooManyActions(OnSuccess)) return $"rule {Name} has more success actions than ways to go";
        return HasTooManyActions(OnFailure) ? $"rule {Name} has more failure actions than ways to go" : null;
    }

    public bool SameAs(SchemaRule other) =>
        this with { Tags = [], Params = other.Params } == other with { Tags = [] } && Tags.SequenceEqual(other.Tags)
            && Params.SequenceEqual(other.Params);

    private bool HasTooManyActions(string? actions) => actions?.Count(',') > (GoesBothWays ? 1 : 0);

    private static bool IsName(string name) =>
        (char.IsAsciiLetter(name[0]) || name[0] == '_')
            && name.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-' or ' ');

    private static void WriteText(Utf8JsonWriter output, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value)) output.WriteString(name, value);
    }
}
