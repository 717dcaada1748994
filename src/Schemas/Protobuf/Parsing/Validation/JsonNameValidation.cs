using Gateway.Schemas.Protobuf.Model;

namespace Gateway.Schemas.Protobuf.Parsing.Validation;

/// <summary>
/// JSON names: two fields of a message may not share one. Files from before JSON was defined (proto2) may where a default name is involved.
/// </summary>
internal static class JsonNameValidation
{
    public static void Message(ProtoMessage message)
    {
        foreach (var field in message.Fields)
        {
            var name = field.JsonName;
            if (name.StartsWith('[') && name.EndsWith(']') && name.Length > 1)
                throw new ProtoFault($"The JSON name \"{name}\" stands in brackets, as extensions do; choose another", field.Proto, ProtoPart.JsonName);
            if (name.Contains('\0', StringComparison.Ordinal))
                throw new ProtoFault("A JSON name cannot hold a zero character", field.Proto, ProtoPart.JsonName);
        }
#pragma warning disable CS0612 // The option is old, and still says what it says.
        var isLegacy = message.Proto.Options?.DeprecatedLegacyJsonFieldConflicts ?? false;
#pragma warning restore CS0612
        // Field masks do not look at custom names, so the default ones count even where they are replaced.
        if (!isLegacy) Unique(message, custom: false);
        Unique(message, custom: true);
    }

    private static void Unique(ProtoMessage message, bool custom)
    {
        var seen = new Dictionary<string, (ProtoField Field, bool IsCustom)>(StringComparer.Ordinal);
        foreach (var field in message.Fields)
        {
            var usual = ProtoNames.ToJson(field.Name);
            var isCustom = custom && field.JsonName != usual;
            var name = isCustom ? field.JsonName : usual;
            if (seen.TryAdd(name, (field, isCustom))) continue;
            var other = seen[name];
            // Of two default names the other pass has told.
            if (custom && !isCustom && !other.IsCustom) continue;
            if (message.Features.JsonFormat != ProtoFeatures.Allow && !(isCustom && other.IsCustom)) continue;
            throw new ProtoFault(
                $"\"{field.Name}\" and \"{other.Field.Name}\" have the same JSON name \"{name}\"; rename one field" + (custom ? ", or its json_name" : ""), field.Proto);
        }
    }
}
