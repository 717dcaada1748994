using System.Text;
using Gateway.Common.Records;

namespace Gateway.Broker.Tests.Support;

/// <summary>Finds values at fault that begin with "bad", and waits at the gate for one that is "wait".</summary>
internal sealed class JudgedByValue : IRecordValidators
{
    private int _batches;

    public bool IsReady { get; set; } = true;

    public ManualResetEventSlim? Gate { get; set; }

    public int Batches => _batches;

    public IRecordValidator? Begin(string topic, SchemaRules rules)
    {
        Interlocked.Increment(ref _batches);
        return IsReady ? new Validator(topic, Gate) : null;
    }

    /// <summary>Values that begin with "known" are.</summary>
    public bool IsKnownToFit(string topic, SchemaRules rules, in RecordView record) => record.Value.StartsWith("known"u8);

    private sealed class Validator(string topic, ManualResetEventSlim? gate) : IRecordValidator
    {
        public string? FaultOf(in RecordView record)
        {
            if (record.Value.SequenceEqual("wait"u8)) gate!.Wait();
            return record.Value.StartsWith("bad"u8) ? $"{Encoding.UTF8.GetString(record.Value[..Math.Min(record.Value.Length, 8)])} of {topic}" : null;
        }
    }
}
