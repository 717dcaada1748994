using Gateway.Client.Producing;
using Gateway.Common.Records;

namespace Gateway.HttpProxy.Records;

/// <summary>The records of a plain request of the binary format, which are decoded where they are to lie.</summary>
/// <param name="body">The request.</param>
/// <param name="mostBytes">The most that one record may have.</param>
internal readonly ref struct PlainSource(ReadOnlySpan<byte> body, int mostBytes) : IRecordSource
{
    private readonly ReadOnlySpan<byte> _body = body;

    /// <inheritdoc/>
    /// <remarks>A record is hardly ever shorter as JSON: only an empty one is that is very much older or newer than its batch.</remarks>
    public int SizeHint => _body.Length;

    /// <inheritdoc/>
    public bool TryAppendTo(RecordBatchBuilder batch, long nowMs, bool mayHaveKeys)
    {
        var plain = new PlainRecords(_body);
        while (plain.TryNext(out RawRecord record))
        {
            if (!mayHaveKeys && !record.Key.IsNull) return false;
            // Larger than what they stand for: a record that may be too large is looked at by whoever has the words for it.
            if ((long)record.Key.Length + record.Value.Length > mostBytes) return false;
            if (!batch.TryAppendBase64(nowMs, Text(record.Key), record.Key.IsNull, Text(record.Value), record.Value.IsNull)) return false;
        }
        return plain.TryEnd();
    }

    private ReadOnlySpan<byte> Text(in JsonSlice slice) => slice.IsNull ? default : _body.Slice(slice.Start + 1, slice.Length - 2);
}
