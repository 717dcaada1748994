using Gateway.Protocol.Tests.Model;
using Gateway.Protocol.Wire;

namespace Gateway.Protocol.Tests.Messages;

/// <summary>Bytes from strangers: whatever is wrong with them, the only exception is <see cref="ProtocolException"/>, and memory stays bounded.</summary>
public class HostileBytesTests
{
    /// <summary>
    /// The smallest struct on the wire is two bytes and becomes an object of some 60, a one-byte string costs 40 in its list. A frame
    /// may cost that much per byte (plus the exception), never more; <see cref="KafkaReader.MaxElements"/> bounds big frames below it.
    /// </summary>
    private const int AllocatedPerByte = 64;

    private const int AllocatedAnyway = 16 * 1024;

    [Fact]
    public void A_truncated_message_throws_the_protocol_exception_at_every_length()
    {
        var filler = new ModelFiller(new Random(11));
        foreach ((WireMessage message, short version) in WireMessage.AllVersions)
        {
            byte[] whole = RoundTripTests.Written(filler.Fill(message, version), version);
            int step = Math.Max(1, whole.Length / 64);
            for (int length = 0; length < whole.Length; length += step)
                Assert.False(Reads(message, version, whole[..length]), $"{message.Name} v{version} read {length} of {whole.Length} bytes");
        }
    }

    [Fact]
    public void One_byte_too_many_is_refused()
    {
        var filler = new ModelFiller(new Random(12));
        foreach ((WireMessage message, short version) in WireMessage.AllVersions)
        {
            byte[] whole = RoundTripTests.Written(filler.Fill(message, version), version);
            Assert.True(Reads(message, version, whole));
            ProtocolException refusal = Assert.Throws<ProtocolException>(() => Read(message, version, [.. whole, 0]));
            Assert.Equal(ProtocolFault.TrailingBytes, refusal.Fault);
        }
    }

    [Fact]
    public void Mutated_messages_throw_nothing_but_the_protocol_exception_and_allocate_in_proportion()
    {
        var random = new Random(13);
        var filler = new ModelFiller(random);
        int refused = 0, understood = 0;
        foreach ((WireMessage message, short version) in WireMessage.AllVersions)
        {
            for (int round = 0; round < 40; round++)
            {
                byte[] bytes = RoundTripTests.Written(filler.Fill(message, version), version);
                Mutate(bytes, random);
                if (Reads(message, version, bytes)) understood++;
                else refused++;
            }
        }
        Assert.True(refused > 1000 && understood > 1000, $"{refused} refused, {understood} understood");
    }

    [Fact]
    public void Nonsense_throws_nothing_but_the_protocol_exception_and_allocates_in_proportion()
    {
        var random = new Random(14);
        foreach ((WireMessage message, short version) in WireMessage.AllVersions)
        {
            foreach (byte fill in new byte[] { 0x00, 0x01, 0x02, 0x7F, 0x80, 0xFF })
            {
                byte[] bytes = new byte[4096];
                bytes.AsSpan().Fill(fill);
                Reads(message, version, bytes);
                random.NextBytes(bytes.AsSpan(0, 64));
                Reads(message, version, bytes);
            }
        }
    }

    [Fact]
    public void A_list_of_more_elements_than_any_frame_may_hold_is_refused_before_they_are_made()
    {
        // Metadata v9: a compact list of topics, each two bytes (an empty name and no tags).
        const int count = KafkaReader.MaxElements + 1;
        byte[] bytes = new byte[2 * count + 16];
        using (var writer = new KafkaWriter())
        {
            writer.Count(count, flexible: true);
            writer.ToArray().CopyTo(bytes, 0);
        }
        bytes.AsSpan(4).Fill(1);
        WireMessage metadata = WireMessage.All.Single(m => m.Name == "MetadataRequest");
        long before = GC.GetAllocatedBytesForCurrentThread();
        ProtocolException refusal = Assert.Throws<ProtocolException>(() => Read(metadata, 9, bytes));
        Assert.Equal(ProtocolFault.InvalidCount, refusal.Fault);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, AllocatedAnyway);
    }

    private static void Mutate(byte[] bytes, Random random)
    {
        if (bytes.Length == 0) return;
        for (int left = random.Next(1, 4); left > 0; left--)
        {
            ref byte target = ref bytes[random.Next(bytes.Length)];
            target = random.Next(4) switch
            {
                0 => 0xFF,
                1 => 0x7F,
                2 => (byte)(target ^ (1 << random.Next(8))),
                _ => (byte)random.Next(256),
            };
        }
    }

    private static bool Reads(WireMessage message, short version, byte[] bytes)
    {
        IKafkaMessage fresh = message.New();
        long before = GC.GetAllocatedBytesForCurrentThread();
        bool understood = true;
        try
        {
            Read(fresh, version, bytes);
        }
        catch (ProtocolException)
        {
            understood = false;
        }
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(
            allocated <= (long)AllocatedPerByte * bytes.Length + AllocatedAnyway,
            $"{message.Name} v{version}: {allocated} bytes allocated for a frame of {bytes.Length}");
        return understood;
    }

    private static void Read(WireMessage message, short version, byte[] bytes) => Read(message.New(), version, bytes);

    private static void Read(IKafkaMessage fresh, short version, byte[] bytes)
    {
        var reader = new KafkaReader(bytes);
        fresh.Read(ref reader, version);
        reader.ExpectEnd();
    }
}
