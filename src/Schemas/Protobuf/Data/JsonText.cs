using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;

namespace Gateway.Schemas.Protobuf.Data;

/// <summary>The text of JSON strings and names as UTF-8, in place where nothing is escaped. What it gives out holds until the next call.</summary>
internal struct JsonText
{
    private byte[]? _bytes;
    private char[]? _characters;

    public static bool IsValid(ReadOnlySpan<byte> text) => Utf8.IsValid(text);

    public ReadOnlySpan<byte> ValueOf(JsonElement text)
    {
        var raw = JsonMarshal.GetRawUtf8Value(text);
        return raw.Contains((byte)'\\') ? Unescape(raw) : raw[1..^1];
    }

    public ReadOnlySpan<byte> BytesOfName(JsonProperty property)
    {
        var raw = JsonMarshal.GetRawUtf8PropertyName(property);
        if (!raw.Contains((byte)'\\')) return raw;
        // The quotes are there, one byte before and after; a copy avoids relying on it.
        var quoted = new byte[raw.Length + 2];
        raw.CopyTo(quoted.AsSpan(1));
        quoted[0] = quoted[^1] = (byte)'"';
        return Unescape(quoted);
    }

    /// <summary>A name as characters, for looking it up; what is no text finds nothing.</summary>
    public ReadOnlySpan<char> NameOf(JsonProperty property)
    {
        var name = BytesOfName(property);
        Rent(ref _characters, name.Length);
        return Utf8.ToUtf16(name, _characters, out _, out var length) == OperationStatus.Done ? _characters.AsSpan(0, length) : default;
    }

    public void Return()
    {
        if (_bytes is not null) ArrayPool<byte>.Shared.Return(_bytes);
        if (_characters is not null) ArrayPool<char>.Shared.Return(_characters);
        (_bytes, _characters) = (null, null);
    }

    private ReadOnlySpan<byte> Unescape(ReadOnlySpan<byte> quoted)
    {
        Rent(ref _bytes, quoted.Length);
        var reader = new Utf8JsonReader(quoted);
        reader.Read();
        try
        {
            return _bytes.AsSpan(0, reader.CopyString(_bytes));
        }
        catch (InvalidOperationException fault)
        {
            throw new SchemaDataException($"A string is not valid text: {fault.Message}", fault);
        }
    }

    private static void Rent<T>([System.Diagnostics.CodeAnalysis.NotNull] ref T[]? array, int length)
    {
        if (array is not null && array.Length >= length) return;
        if (array is not null) ArrayPool<T>.Shared.Return(array);
        array = ArrayPool<T>.Shared.Rent(length);
    }
}
