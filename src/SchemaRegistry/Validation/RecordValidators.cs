using System.Runtime.CompilerServices;
using Gateway.Common.Records;
using Gateway.Schemas;
using Gateway.SchemaRegistry.State;

namespace Gateway.SchemaRegistry.Validation;

/// <summary>Judges produced records by what the registry holds at the time, for a broker in the same process (schema-registry 5).</summary>
internal sealed class RecordValidators(RegistryService service) : IRecordValidators
{
    // What is known of a topic goes with its configuration.
    private readonly ConditionalWeakTable<SchemaRules, KnownTopic> _known = [];

    /// <inheritdoc/>
    public IRecordValidator? Begin(string topic, SchemaRules rules)
    {
        if (!service.IsReady) return null;
        KnownTopic? known = null;
        if (IsByIdAlone(rules) && !_known.TryGetValue(rules, out known))
        {
            known = new KnownTopic(topic, new KnownSchemas(), new KnownSchemas());
            if (!_known.TryAdd(rules, known)) known = null;
        }
        return new RecordValidator(service, topic, rules, known is not null && known.Topic == topic ? known : null);
    }

    /// <inheritdoc/>
    public bool IsKnownToFit(string topic, SchemaRules rules, in RecordView record)
    {
        if (!_known.TryGetValue(rules, out KnownTopic? known) || known.Topic != topic) return false;
        RegistryImage image = service.Image;
        return (rules.Key is null || record.IsKeyNull || IsKnown(known.Keys, image, record.Key, record.Headers, isKey: true))
            && (rules.Value is null || record.IsValueNull || IsKnown(known.Values, image, record.Value, record.Headers, isKey: false));
    }

    private static bool IsKnown(KnownSchemas known, RegistryImage image, ReadOnlySpan<byte> data, RecordHeaderEnumerator headers, bool isKey)
    {
        FramedData framed = FramedData.Of(data, headers, isKey);
        return framed.IsFound && known.Contains(image, framed.Identity);
    }

    /// <summary>Otherwise the data has to be looked at as well.</summary>
    private static bool IsByIdAlone(SchemaRules rules) =>
        !rules.ReadsData && rules.Key is null or SubjectNaming.TopicName && rules.Value is null or SubjectNaming.TopicName;
}
