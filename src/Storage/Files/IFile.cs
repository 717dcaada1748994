namespace Gateway.Storage.Files;

/// <summary>An open file. Positions are absolute; there is no cursor. Thread-safe for calls on ranges that do not meet.</summary>
public interface IFile : IDisposable
{
    /// <summary>Bytes in the file.</summary>
    long Length { get; }

    /// <summary>Copies bytes into the page cache; they survive a crash of the process but not a power cut before <see cref="Sync"/>.</summary>
    /// <exception cref="DiskFullException">No space: an unknown part of the bytes may have been written.</exception>
    void Write(long position, ReadOnlySpan<byte> bytes);

    /// <summary>Reads up to the buffer's length; fewer only at the end of the file. May wait for the device.</summary>
    int Read(long position, Span<byte> buffer);

    /// <summary>Reads what is in the page cache without ever waiting: -1 when the first byte is not there.</summary>
    int TryReadResident(long position, Span<byte> buffer);

    /// <summary>Cuts the file, or extends it with zeros.</summary>
    void SetLength(long length);

    /// <summary>
    /// A hint to start writing dirty pages of a range out, so that a later <see cref="Sync"/> waits less; length 0 is up to the end. It may wait
    /// for room in the device's queue, never for the writing.
    /// </summary>
    void StartWriteback(long position, long length);

    /// <summary>A hint to fetch a range into the page cache. The system fetches nothing ahead on its own: only the reader knows who else waits.</summary>
    void StartReading(long position, long length)
    {
    }

    /// <summary>A hint that nobody needs a range in the page cache any more. Pages that are dirty stay, and so does one that is only partly in it at the end.</summary>
    void Forget(long position, long length)
    {
    }

    /// <summary>
    /// Waits for writing that was started. It makes nothing durable; but a failure is as final as one of <see cref="Sync"/>, which would not be told
    /// of it again. Systems that cannot do it return at once.
    /// </summary>
    void FinishWriteback();

    /// <summary>
    /// Makes all bytes written so far durable, and the length that is needed to read them. Waits for the device. A failure is final:
    /// the system may have dropped the dirty pages, so a second try would report success for bytes that are gone.
    /// </summary>
    void Sync();
}
