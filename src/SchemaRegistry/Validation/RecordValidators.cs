using Gateway.Common.Records;

namespace Gateway.SchemaRegistry.Validation;

/// <summary>Judges produced records by what the registry holds at the time, for a broker in the same process (schema-registry 5).</summary>
internal sealed class RecordValidators(RegistryService service) : IRecordValidators
{
    public IRecordValidator? Begin(string topic, SchemaRules rules) =>
        service.IsReady ? new RecordValidator(service, topic, rules) : null;
}
