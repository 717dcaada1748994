namespace Gateway.SchemaRegistry.Topic;

/// <summary>Why a record is no registry's, in words for the log. Each is told of once: whoever writes one such record may write a million.</summary>
internal static class RecordProblem
{
    public const string NoKey = "it has no key";

    public const string KeyIsNoJson = "its key is not a JSON object";

    public const string UnknownKind = "its key is of a kind that no registry knows";

    public const string KeyMember = "its key lacks a member, or has one of the wrong type";

    public const string Magic = "its key is of an unknown magic";

    public const string ContextName = "no context can have such a name";

    public const string Value = "its value is not JSON, lacks a member, or has one of the wrong type";
}
