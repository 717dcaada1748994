namespace Gateway.HttpProxy.V3.Records;

/// <summary>How the subject of a key's or value's schema is named.</summary>
internal enum SubjectNameStrategy
{
    /// <summary>After the topic.</summary>
    TopicName,

    /// <summary>After the schema's own type.</summary>
    RecordName,

    /// <summary>After both.</summary>
    TopicRecordName,
}

/// <summary>The names of subjects.</summary>
internal static class SubjectNames
{
    /// <summary>The strategy of that name; the topic's without one.</summary>
    /// <exception cref="Http.ProblemException">There is no such strategy: 400.</exception>
    internal static SubjectNameStrategy Read(string? name) => name switch
    {
        null or "TOPIC_NAME" => SubjectNameStrategy.TopicName,
        "RECORD_NAME" => SubjectNameStrategy.RecordName,
        "TOPIC_RECORD_NAME" => SubjectNameStrategy.TopicRecordName,
        _ => throw V3Call.Refused($"subject_name_strategy must be TOPIC_NAME, RECORD_NAME or TOPIC_RECORD_NAME, not '{name}'"),
    };

    /// <summary>The subject, or null when the strategy asks for a type's name and there is none.</summary>
    internal static string? Of(SubjectNameStrategy strategy, string topic, bool isKey, string? typeName) => strategy switch
    {
        SubjectNameStrategy.TopicName => topic + (isKey ? "-key" : "-value"),
        SubjectNameStrategy.RecordName => typeName,
        _ => typeName is null ? null : $"{topic}-{typeName}",
    };
}
