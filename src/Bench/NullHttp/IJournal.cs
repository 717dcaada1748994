namespace Gateway.Bench.NullHttp;

/// <summary>What a produce request waits for before it is answered.</summary>
internal interface IJournal : IDisposable
{
    /// <summary>Takes bytes.</summary>
    /// <returns>Ends when they are as safe as this keeps them, or fails as the disk did.</returns>
    Task AppendAsync(ReadOnlySpan<byte> bytes);
}
