using System.Buffers;
using System.IO.Pipelines;

namespace Gateway.HttpProxy.Handover;

/// <summary>The input of a connection, as lent to whoever speaks HTTP there.</summary>
internal sealed class LentReader(PipeReader own, HandoverTransport transport) : PipeReader
{
    private volatile bool _isEnded;
    private bool _hasSaidSo;

    /// <summary>From now on it reads as if the client had sent everything.</summary>
    internal void End()
    {
        _isEnded = true;
        own.CancelPendingRead();
    }

    public override void AdvanceTo(SequencePosition consumed)
    {
        if (!_hasSaidSo) own.AdvanceTo(consumed);
    }

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (!_hasSaidSo) own.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => own.CancelPendingRead();

    public override void Complete(Exception? exception = null)
    {
        if (!transport.IsHandedOver) own.Complete(exception);
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
        _isEnded ? new ValueTask<ReadResult>(SayEnd()) : own.ReadAsync(cancellationToken);

    public override bool TryRead(out ReadResult result)
    {
        if (!_isEnded) return own.TryRead(out result);
        result = SayEnd();
        return true;
    }

    private ReadResult SayEnd()
    {
        _hasSaidSo = true;
        return new ReadResult(ReadOnlySequence<byte>.Empty, isCanceled: false, isCompleted: true);
    }
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
