using Gateway.Common.Records;
using Gateway.Schemas;

namespace Gateway.SchemaRegistry.Validation;

/// <summary>Judges the records of one batch.</summary>
internal sealed class RecordValidator : IRecordValidator
{
    /// <summary>What all records of a batch may cost together: ordinary data takes some five steps to a byte.</summary>
    private const long StepsPerBatch = 100_000_000;

    private readonly RegistryService _service;
    private readonly PartValidator? _keys;
    private readonly PartValidator? _values;

    /// <summary>Begins a batch.</summary>
    /// <param name="service">The registry.</param>
    /// <param name="topic">The topic of the batch.</param>
    /// <param name="rules">What the topic demands.</param>
    /// <param name="known">Where what is found right is noted, for batches to come; null where ids are not all that counts.</param>
    public RecordValidator(RegistryService service, string topic, SchemaRules rules, KnownTopic? known)
    {
        _service = service;
        SchemaBudget? budget = rules.ReadsData ? service.Schemas.Budget with { Shared = new StepAllowance(StepsPerBatch) } : null;
        if (rules.Key is { } key) _keys = PartOf(topic, isKey: true, key, budget, known?.Keys);
        if (rules.Value is { } value) _values = PartOf(topic, isKey: false, value, budget, known?.Values);
    }

    public string? FaultOf(in RecordView record)
    {
        try
        {
            return (_keys is null || record.IsKeyNull ? null : _keys.FaultOf(record.Key, record.Headers))
                ?? (_values is null || record.IsValueNull ? null : _values.FaultOf(record.Value, record.Headers));
        }
        catch (Exception fault)
        {
            // A bug; yet what one record holds must not end the broker.
            _service.Report("the validation of a record", fault);
            return "The record could not be validated.";
        }
    }

    private PartValidator PartOf(string topic, bool isKey, SubjectNaming naming, SchemaBudget? budget, KnownSchemas? known) =>
        new(new NamedSubjects(_service.Image, _service.Schemas, topic, isKey, naming, known), isKey, budget);
}
