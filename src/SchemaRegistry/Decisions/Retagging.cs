using System.Text.Json;
using Gateway.SchemaRegistry.Model;
using Gateway.SchemaRegistry.Tags;

namespace Gateway.SchemaRegistry.Decisions;

/// <summary>A version that is to be registered again with other tags, metadata or rules.</summary>
internal static class Retagging
{
    /// <summary>Why a body is none that tags; null when it is one.</summary>
    public static RegistryFault? Refusal(JsonElement json)
    {
        if (Misfit(json) is { } misfit) return RegistryFault.BadRequest($"The member {misfit}");
        foreach (var name in new[] { "ruleSet", "rulesToMerge" })
            if (JsonBody.Member(json, name) is { } rules && RuleSet.Misfit(rules) is { } problem) return RegistryFault.InvalidRuleSet($"{name}: {problem}");
        return null;
    }

    private static string? Misfit(JsonElement json)
    {
        if (JsonBody.Member(json, "newVersion") is { } version && (version.ValueKind != JsonValueKind.Number || !version.TryGetInt32(out _)))
            return "newVersion of the request body must be a whole number of 32 bits";
        foreach (var name in new[] { "metadata", "ruleSet", "rulesToMerge" })
            if (JsonBody.Member(json, name) is { ValueKind: not JsonValueKind.Object }) return $"{name} of the request body must be an object";
        if (JsonBody.Member(json, "rulesToRemove") is { } names
            && (names.ValueKind != JsonValueKind.Array || names.EnumerateArray().Any(rule => rule.ValueKind != JsonValueKind.String)))
            return "rulesToRemove of the request body must be an array of strings";
        if (JsonBody.Member(json, "metadata") is { } metadata && SchemaMetadata.Misfit(metadata, "metadata") is { } misshapen) return misshapen;
        return TaggedEntity.Misfit(json, "tagsToAdd") ?? TaggedEntity.Misfit(json, "tagsToRemove");
    }

    /// <summary>The registration it comes to.</summary>
    /// <param name="json">The request.</param>
    /// <param name="content">What the version holds.</param>
    public static RegisterRequest Of(JsonElement json, SchemaContent content)
    {
        var rules = JsonBody.Member(json, "ruleSet") is { } given ? RuleSet.Read(given) : content.RuleSet;
        if (JsonBody.Member(json, "rulesToRemove") is { } names) rules = rules?.Without([.. JsonBody.Texts(names)]);
        if (JsonBody.Member(json, "rulesToMerge") is { } merged) rules = RuleSet.Merge(rules, RuleSet.Read(merged));
        return new RegisterRequest
        {
            // Always a version of its own, the next one unless another is named.
            Version = JsonBody.Integer(json, "newVersion") is > 0 and var version ? version : -1,
            SchemaType = content.SchemaType,
            Schema = content.Text,
            References = content.References,
            // Given even where the version has none, or it would be taken from the latest one.
            Metadata = JsonBody.Member(json, "metadata") is { } metadata
                ? SchemaMetadata.Read(metadata)
                : content.Metadata?.WithoutVersion() ?? SchemaMetadata.Empty,
            RuleSet = rules,
            TagsToAdd = TaggedEntity.ReadAll(json, "tagsToAdd"),
            TagsToRemove = TaggedEntity.ReadAll(json, "tagsToRemove"),
        };
    }
}
