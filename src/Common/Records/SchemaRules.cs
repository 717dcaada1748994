namespace Gateway.Common.Records;

/// <summary>What a topic demands of the schemas its records name (schema-registry 5). Immutable; one object per topic configuration.</summary>
public sealed record SchemaRules
{
    /// <summary>How the subject of keys is named; null looks at no key.</summary>
    public SubjectNaming? Key { get; init; }

    /// <summary>How the subject of values is named; null looks at no value.</summary>
    public SubjectNaming? Value { get; init; }

    /// <summary>Whether data is held against its schema; otherwise only the schema's id is looked at.</summary>
    public bool ReadsData { get; init; }

    /// <summary>Where records go that do not fit; null refuses the batch they came in.</summary>
    public string? DeadLetterTopic { get; init; }
}

/// <summary>The subject under which a record's schema has to be registered: the strategies of Confluent's serialisers.</summary>
public enum SubjectNaming : byte
{
    /// <summary>The topic's name with <c>-key</c> or <c>-value</c> behind it, or what the registry ties the topic to.</summary>
    TopicName,
    /// <summary>The full name of the record's type.</summary>
    RecordName,
    /// <summary>The topic's name, a dash, the full name of the record's type.</summary>
    TopicRecordName,
}

/// <summary>
/// Who knows schemas: the registry. Lives here so that the broker, which asks, and the registry, which answers, need not know each other.
/// </summary>
public interface IRecordValidators
{
    /// <summary>Whoever judges the records of one batch. Any thread but a shard's.</summary>
    /// <returns>Null when nobody can tell yet, because the schemas are still being read.</returns>
    IRecordValidator? Begin(string topic, SchemaRules rules);

    /// <summary>
    /// Whether a record fits by what was found of others before, at a price of its headers' length at most: for shards. False says nothing.
    /// </summary>
    bool IsKnownToFit(string topic, SchemaRules rules, in RecordView record);
}

/// <summary>Judges the records of one batch, one after the other. Used by one thread at a time.</summary>
public interface IRecordValidator
{
    /// <summary>What is wrong with a record, for its producer to read; null when nothing is. Never throws for what is in the record.</summary>
    string? FaultOf(in RecordView record);
}
