using System.IO.Pipelines;

namespace Gateway.HttpProxy.Handover;

/// <summary>The input of a connection, as lent to whoever speaks HTTP there.</summary>
internal sealed class LentReader(PipeReader own, HandoverTransport transport) : PipeReader
{
    public override void AdvanceTo(SequencePosition consumed) => own.AdvanceTo(consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => own.AdvanceTo(consumed, examined);

    public override void CancelPendingRead() => own.CancelPendingRead();

    public override void Complete(Exception? exception = null)
    {
        if (!transport.IsHandedOver) own.Complete(exception);
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => own.ReadAsync(cancellationToken);

    public override bool TryRead(out ReadResult result) => own.TryRead(out result);
}

/// <summary>The output of a connection, likewise.</summary>
internal sealed class LentWriter(PipeWriter own, HandoverTransport transport) : PipeWriter
{
    public override bool CanGetUnflushedBytes => own.CanGetUnflushedBytes;

    public override long UnflushedBytes => own.UnflushedBytes;

    public override void Advance(int bytes) => own.Advance(bytes);

    public override void CancelPendingFlush() => own.CancelPendingFlush();

    public override void Complete(Exception? exception = null)
    {
        if (!transport.IsHandedOver) own.Complete(exception);
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => own.FlushAsync(cancellationToken);

    public override Memory<byte> GetMemory(int sizeHint = 0) => own.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => own.GetSpan(sizeHint);

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default) =>
        own.WriteAsync(source, cancellationToken);
}
