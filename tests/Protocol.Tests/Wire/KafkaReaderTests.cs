using Gateway.Protocol.Wire;

namespace Gateway.Protocol.Tests.Wire;

public class KafkaReaderTests
{
    [Theory]
    [InlineData("00", 0u)]
    [InlineData("7F", 127u)]
    [InlineData("8001", 128u)]
    [InlineData("FFFFFFFF0F", uint.MaxValue)]
    [InlineData("8000", 0u)]
    public void A_varint_is_seven_bits_per_byte_least_significant_first(string hex, uint value) =>
        Assert.Equal(value, new KafkaReader(Convert.FromHexString(hex)).UnsignedVarint());

    [Theory]
    [InlineData("FFFFFFFF10")]
    [InlineData("FFFFFFFFFF01")]
    [InlineData("8080808080")]
    public void A_varint_above_32_bits_is_refused(string hex) =>
        Assert.Equal(ProtocolFault.InvalidVarint, Fault(hex, static (ref KafkaReader reader) => reader.UnsignedVarint()));

    [Theory]
    [InlineData("80", ProtocolFault.Truncated)]
    [InlineData("", ProtocolFault.Truncated)]
    public void A_varint_that_ends_early_is_truncated(string hex, ProtocolFault fault) =>
        Assert.Equal(fault, Fault(hex, static (ref KafkaReader reader) => reader.UnsignedVarint()));

    [Theory]
    [InlineData("FFFE", ProtocolFault.InvalidLength)]
    [InlineData("8000", ProtocolFault.InvalidLength)]
    [InlineData("FFFF", ProtocolFault.NullNotAllowed)]
    [InlineData("000361", ProtocolFault.Truncated)]
    public void A_string_with_an_impossible_length_is_refused(string hex, ProtocolFault fault) =>
        Assert.Equal(fault, Fault(hex, static (ref KafkaReader reader) => reader.String(flexible: false)));

    [Theory]
    [InlineData("00", ProtocolFault.NullNotAllowed)]
    [InlineData("818002", ProtocolFault.InvalidLength)] // 32,768 bytes: one more than an int16 can say
    [InlineData("FFFFFFFF0F", ProtocolFault.InvalidLength)]
    [InlineData("0461", ProtocolFault.Truncated)]
    public void A_compact_string_with_an_impossible_length_is_refused(string hex, ProtocolFault fault) =>
        Assert.Equal(fault, Fault(hex, static (ref KafkaReader reader) => reader.String(flexible: true)));

    [Theory]
    [InlineData(10_922, true)]
    [InlineData(10_923, false)]
    public void A_string_of_bytes_that_are_not_text_is_refused_when_it_could_not_be_written_again(int length, bool fits)
    {
        byte[] bytes = [(byte)(length >> 8), (byte)length, .. Enumerable.Repeat((byte)0xFF, length)];
        if (fits) Assert.Equal(new string('\uFFFD', length), new KafkaReader(bytes).String(flexible: false));
        else Assert.Equal(ProtocolFault.InvalidLength, Fault(Convert.ToHexString(bytes), static (ref KafkaReader reader) => reader.String(flexible: false)));
    }

    [Theory]
    [InlineData("FFFFFFFE", ProtocolFault.InvalidLength)]
    [InlineData("7FFFFFFF", ProtocolFault.Truncated)]
    public void Bytes_with_an_impossible_length_are_refused_before_they_are_allocated(string hex, ProtocolFault fault)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(fault, Fault(hex, static (ref KafkaReader reader) => reader.NullableBytes(flexible: false)));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 * 1024);
    }

    [Theory]
    [InlineData("FFFFFFFE")]
    [InlineData("00000002000000")] // two elements of two bytes in three
    public void A_count_that_the_remaining_bytes_cannot_hold_is_refused(string hex) =>
        Assert.Equal(ProtocolFault.InvalidCount, Fault(hex, static (ref KafkaReader reader) => reader.Count(flexible: false, 2, objects: false)));

    [Fact]
    public void A_tagged_value_cannot_read_past_its_size()
    {
        // tag size 2, then four bytes of an int32
        ProtocolFault fault = Fault("0200000001", static (ref KafkaReader reader) =>
        {
            reader.BeginTagged();
            reader.Int32();
        });
        Assert.Equal(ProtocolFault.Truncated, fault);
    }

    [Fact]
    public void A_tagged_value_must_use_its_size_up()
    {
        ProtocolFault fault = Fault("0500000001FF", static (ref KafkaReader reader) =>
        {
            int outer = reader.BeginTagged();
            reader.Int32();
            reader.EndTagged(outer);
        });
        Assert.Equal(ProtocolFault.TrailingBytes, fault);
    }

    [Fact]
    public void Unknown_tags_are_passed_over_CON_7()
    {
        var reader = new KafkaReader(Convert.FromHexString("02" + "0703AABBCC" + "E80700" + "11"));
        reader.SkipTagSection();
        Assert.Equal(0x11, reader.Int8());
        reader.ExpectEnd();
    }

    [Fact]
    public void More_tags_than_bytes_are_refused() =>
        Assert.Equal(ProtocolFault.InvalidCount, Fault("FFFFFFFF0F0000", static (ref KafkaReader reader) => reader.SkipTagSection()));

    private delegate void Step(ref KafkaReader reader);

    private static ProtocolFault Fault(string hex, Step step) => Assert.Throws<ProtocolException>(() =>
    {
        var reader = new KafkaReader(Convert.FromHexString(hex));
        step(ref reader);
    }).Fault;
}
