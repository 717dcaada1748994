using System.Buffers;

namespace Gateway.Schemas.Text;

/// <summary>Takes output nobody wants: whoever validates data decodes it to here.</summary>
internal sealed class DiscardedOutput : IBufferWriter<byte>
{
    private byte[] _scratch = new byte[4096];

    public void Advance(int count) { }

    public Memory<byte> GetMemory(int sizeHint = 0) => Scratch(sizeHint);

    public Span<byte> GetSpan(int sizeHint = 0) => Scratch(sizeHint);

    private byte[] Scratch(int size) => size <= _scratch.Length ? _scratch : _scratch = new byte[size];
}
