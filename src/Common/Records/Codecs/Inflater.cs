namespace Gateway.Common.Records.Codecs;

/// <summary>
/// One codec's decompressor as a stream: memory of the caller's goes in, bytes come out as far as the caller has room, so that a
/// bomb costs no more than the caller is willing to look at.
/// </summary>
/// <remarks>
/// Between <see cref="Start"/> and <see cref="Stop"/> the source must stay where it is. Not thread-safe. After any exception
/// <see cref="Stop"/> still makes it usable again.
/// </remarks>
internal abstract unsafe class Inflater
{
    /// <summary>How many bytes the source claims to hold, if it claims; a hint, never a promise.</summary>
    internal virtual long? DeclaredSize => null;

    /// <summary>False when it holds so much memory that it should not wait in a pool.</summary>
    internal virtual bool IsWorthKeeping => true;

    /// <summary>Whether bytes are behind the end that <see cref="Read"/> told of. Codecs that know of none say so when they meet them.</summary>
    internal virtual bool LeavesBytes => false;

    internal abstract void Start(byte* source, int length);

    /// <summary>Fills the start of <paramref name="destination"/> (never empty); 0 means the source has ended as it should.</summary>
    /// <exception cref="CorruptRecordException">The source is damaged or cut off.</exception>
    internal abstract int Read(Span<byte> destination);

    internal abstract void Stop();

    /// <summary>Frees native memory at once instead of at the next collection.</summary>
    internal virtual void Free()
    {
    }
}
