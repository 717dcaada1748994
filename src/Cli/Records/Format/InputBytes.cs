namespace Gateway.Cli.Records.Format;

/// <summary>Standard input, read by size or up to a delimiter. One field is bounded, so that a missing delimiter cannot fill the memory.</summary>
internal sealed class InputBytes(Stream input)
{
    /// <summary>Longest field: Kafka's largest frame.</summary>
    public const int FieldLimit = 100 * 1024 * 1024;

    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _at, _end;

    /// <summary>True when nothing is left.</summary>
    public bool AtEnd => _at == _end && !Fill();

    /// <summary>Exactly so many bytes.</summary>
    /// <exception cref="FormatException">The input ends before.</exception>
    public byte[] Take(long count)
    {
        if (count is < 0 or > FieldLimit) throw new FormatException($"a size of {count} bytes is out of range");
        var bytes = new byte[count];
        for (int i = 0; i < bytes.Length;)
        {
            if (AtEnd) throw new FormatException($"the input ends in the middle of a field of {count} bytes");
            int part = Math.Min(_end - _at, bytes.Length - i);
            _buffer.AsSpan(_at, part).CopyTo(bytes.AsSpan(i));
            _at += part;
            i += part;
        }
        return bytes;
    }

    /// <summary>Everything up to the delimiter, which is taken too; the end of the input counts as one.</summary>
    public byte[] TakeUntil(ReadOnlySpan<byte> delimiter)
    {
        var bytes = new MemoryStream();
        while (!AtEnd)
        {
            bytes.WriteByte(_buffer[_at++]);
            if (bytes.Length > FieldLimit) throw new FormatException($"no delimiter within {FieldLimit} bytes");
            if (delimiter.Length == 0 || bytes.GetBuffer()[bytes.Length - 1] != delimiter[^1]) continue;
            if (bytes.GetBuffer().AsSpan(0, (int)bytes.Length).EndsWith(delimiter)) return bytes.GetBuffer()[..(int)(bytes.Length - delimiter.Length)];
        }
        return bytes.ToArray();
    }

    private bool Fill()
    {
        _at = 0;
        _end = input.Read(_buffer);
        return _end > 0;
    }
}
