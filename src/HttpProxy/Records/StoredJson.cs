using Gateway.Common.Buffers;
using Gateway.Common.Json;

namespace Gateway.HttpProxy.Records;

/// <summary>JSON that is stored in records, or was made of them, as it may stand within an answer.</summary>
/// <param name="isOneLine">Whether it loses its line ends, since a line end would end the object for its reader.</param>
/// <param name="hasBigIntegersAsText">Whether whole numbers that a browser would round stand as strings.</param>
/// <param name="memory">Has to grant what is large.</param>
internal sealed class StoredJson(bool isOneLine, bool hasBigIntegersAsText, IMemoryGrants? memory) : IDisposable
{
    private readonly PageBuffer _compact = new(memory);
    private readonly PageBuffer _quoted = new(memory);

    /// <summary>A valid JSON value as it is to stand; good until the next is asked for.</summary>
    internal ReadOnlySpan<byte> Show(ReadOnlySpan<byte> value)
    {
        if (isOneLine && value.IndexOfAny((byte)'\r', (byte)'\n') >= 0)
        {
            _compact.Reset(value.Length);
            _compact.Advance(CompactJson.Copy(value, _compact.GetSpan(value.Length)));
            value = _compact.Written.Span;
        }
        return hasBigIntegersAsText ? BigIntegers.Quote(value, _quoted) : value;
    }

    /// <summary>Gives back what it took for a large one.</summary>
    internal void Release()
    {
        _compact.Reset(Array.MaxLength);
        _quoted.Reset(Array.MaxLength);
    }

    public void Dispose()
    {
        _compact.Dispose();
        _quoted.Dispose();
    }
}
