namespace Gateway.HttpProxy.Tests.Running;

/// <summary>Hands an answer on as it comes, and each of its lines to a check as soon as it is whole.</summary>
internal sealed class CheckedLines(Stream inner, Action<ReadOnlyMemory<byte>> check) : Stream
{
    private readonly MemoryStream _line = new();

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count = await inner.ReadAsync(buffer, cancellationToken);
        if (count == 0) End();
        for (ReadOnlyMemory<byte> rest = buffer[..count]; !rest.IsEmpty;)
        {
            int end = rest.Span.IndexOf((byte)'\n');
            _line.Write(rest.Span[..(end < 0 ? rest.Length : end)]);
            if (end < 0) break;
            End();
            rest = rest[(end + 1)..];
        }
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }

    private void End()
    {
        if (_line.Length > 0) check(_line.GetBuffer().AsMemory(0, (int)_line.Length));
        _line.SetLength(0);
    }
}
