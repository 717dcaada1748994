using Gateway.Common.Records;

namespace Gateway.Hosting;

/// <summary>The registry's judgement of records, for the broker, which has to be open before the registry can be.</summary>
internal sealed class LateValidators : IRecordValidators
{
    private volatile IRecordValidators? _validators;

    /// <summary>From now on these are asked.</summary>
    public void Come(IRecordValidators validators) => _validators = validators;

    /// <inheritdoc/>
    public IRecordValidator? Begin(string topic, SchemaRules rules) => _validators?.Begin(topic, rules);

    /// <inheritdoc/>
    public bool IsKnownToFit(string topic, SchemaRules rules, in RecordView record) => _validators?.IsKnownToFit(topic, rules, record) ?? false;
}
