namespace Gateway.Schemas.Json.Compatibility;

/// <summary>Differences in words. The token is what tools read; this is for people.</summary>
internal static class JsonChangeTexts
{
    public static string Describe(string token, string path) => token switch
    {
        "SCHEMA_ADDED" => $"The reader schema restricts values at path '{path}', which the writer schema does not",
        "TYPE_NARROWED" => $"The reader schema takes fewer types of values at path '{path}' than the writer schema",
        "TYPE_CHANGED" => $"The reader schema has another kind of schema at path '{path}' than the writer schema",
        "ENUM_ARRAY_NARROWED" => $"The reader schema lacks values at path '{path}' that the writer schema has",
        "ENUM_ARRAY_CHANGED" => $"The reader schema has other values at path '{path}' than the writer schema",
        "COMBINED_TYPE_CHANGED" => $"The reader schema combines schemas at path '{path}' in another way than the writer schema",
        "COMBINED_TYPE_SUBSCHEMAS_CHANGED" =>
            $"The combined schemas at path '{path}' in the reader schema cannot each be paired with one they agree with in the writer schema",
        "PRODUCT_TYPE_EXTENDED" => $"Values at path '{path}' must suit more schemas in the reader schema than in the writer schema",
        "SUM_TYPE_NARROWED" => $"Values at path '{path}' have fewer schemas to suit in the reader schema than in the writer schema",
        "NOT_TYPE_EXTENDED" => $"The reader schema refuses more values at path '{path}' than the writer schema",
        "RESERVED_PROPERTY_REMOVED" => $"Property '{path}' is reserved in the writer schema and no longer in the reader schema",
        "RESERVED_PROPERTY_CONFLICTS_WITH_PROPERTY" => $"The property at path '{path}' in the reader schema has a name that is reserved",
        "CONDITION_CHANGED" => $"The condition at path '{path}' in the reader schema does not choose as that in the writer schema",
        _ => Family(token, path),
    };

    private static string Family(string token, string path)
    {
        if (token.EndsWith("_CONTENT_MODEL", StringComparison.Ordinal)) return ContentModel(token, path);
        return token[(token.LastIndexOf('_') + 1)..] switch
        {
            "ADDED" when token.StartsWith("REQUIRED_", StringComparison.Ordinal) =>
                $"The reader schema requires what stands at path '{path}', which the writer schema does not",
            "ADDED" => $"The keyword at path '{path}' in the reader schema is missing in the writer schema",
            "REMOVED" when token.StartsWith("ADDITIONAL_", StringComparison.Ordinal) || token.StartsWith("UNEVALUATED_", StringComparison.Ordinal) =>
                $"The reader schema takes nothing more at path '{path}', where the writer schema does",
            "REMOVED" => $"The keyword at path '{path}' in the writer schema is missing in the reader schema",
            "INCREASED" or "EXPANDED" => $"The value at path '{path}' is higher in the reader schema than in the writer schema",
            "DECREASED" or "REDUCED" => $"The value at path '{path}' is lower in the reader schema than in the writer schema",
            "EXTENDED" => $"There is more at path '{path}' in the reader schema than in the writer schema",
            "NARROWED" => $"There is less at path '{path}' in the reader schema than in the writer schema",
            _ => $"The value at path '{path}' in the reader schema is not that in the writer schema",
        };
    }

    private static string ContentModel(string token, string path)
    {
        var what = token.StartsWith("ITEM", StringComparison.Ordinal) ? "item"
            : token.StartsWith("PATTERN", StringComparison.Ordinal) ? "pattern"
            : token.StartsWith("REQUIRED", StringComparison.Ordinal) ? "required property" : "property";
        var isRemoved = token.Contains("_REMOVED_", StringComparison.Ordinal);
        var (has, lacks) = isRemoved ? ("writer", "reader") : ("reader", "writer");
        var told = $"The {what} at path '{path}' in the {has} schema is missing in the {lacks} schema, whose content model";
        if (token.Contains("_IS_COVERED_", StringComparison.Ordinal)) return $"{told} covers it";
        if (token.Contains("_NOT_COVERED_", StringComparison.Ordinal)) return $"{told} covers it with a schema that does not agree with it";
        if (token.Contains("_UNOPEN_", StringComparison.Ordinal)) return $"{told} is not open";
        if (token.Contains("_UNCLOSED_", StringComparison.Ordinal)) return $"{told} is not closed";
        return $"{told} is {(token.Contains("_CLOSED_", StringComparison.Ordinal) ? "closed" : "open")}";
    }
}
