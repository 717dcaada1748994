using Gateway.Common.Records;

namespace Gateway.Client.Producing;

/// <summary>Records that are written straight into the batch in which they leave, all of them or none.</summary>
public interface IRecordSource
{
    /// <summary>About how many bytes they take in a batch.</summary>
    int SizeHint { get; }

    /// <summary>Adds all of them to a batch. What was added before it turned out that this cannot be is taken back by the caller.</summary>
    /// <param name="batch">The batch, which may have other records already.</param>
    /// <param name="nowMs">The time of those that have none, in milliseconds since 1970.</param>
    /// <param name="mayHaveKeys">Whether the batch's partition is that of records with keys too.</param>
    /// <returns>Whether all are in the batch, and there is one at least.</returns>
    /// <remarks>Others wait for the batch meanwhile: it neither waits nor throws.</remarks>
    bool TryAppendTo(RecordBatchBuilder batch, long nowMs, bool mayHaveKeys);
}
