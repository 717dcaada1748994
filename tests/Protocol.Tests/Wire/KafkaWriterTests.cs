using Gateway.Common.Buffers;
using Gateway.Protocol.Wire;

namespace Gateway.Protocol.Tests.Wire;

public class KafkaWriterTests
{
    [Fact]
    public void Records_are_sent_from_their_own_memory_between_the_other_bytes()
    {
        RecordsLease first = RecordsLease.Copy([1, 2, 3]), second = RecordsLease.Copy([4]);
        using var writer = new KafkaWriter();
        writer.Int8(9);
        writer.NullableRecords(first, flexible: false);
        writer.NullableRecords(second, flexible: true);
        writer.Int8(8);
        Assert.Equal(1 + 4 + 3 + 1 + 1 + 1, writer.Length);
        using OutgoingFrame frame = writer.Finish();
        Assert.Equal("0900000003" + "010203" + "02" + "04" + "08", Convert.ToHexString(frame.ToArray()));
        Assert.Equal(5, frame.Segments.Count);
        Assert.Equal(writer.Length, frame.TotalLength);
        Assert.True(frame.Segments[1].Span == first.Span);
        Assert.True(frame.Segments[3].Span == second.Span);
    }

    [Fact]
    public void A_frame_keeps_records_alive_after_their_owner_let_go()
    {
        RecordsLease records = RecordsLease.Copy([1, 2, 3]);
        using var writer = new KafkaWriter();
        writer.NullableRecords(records, flexible: false);
        using OutgoingFrame frame = writer.Finish();
        records.Dispose();
        Assert.Equal("00000003010203", Convert.ToHexString(frame.ToArray()));
    }

#if DEBUG
    [Fact]
    public void The_last_one_to_let_go_of_the_records_returns_them()
    {
        RecordsLease records = RecordsLease.Copy([1, 2, 3]);
        ReadOnlyMemory<byte> memory = records.Memory;
        using var writer = new KafkaWriter();
        writer.NullableRecords(records, flexible: false);
        OutgoingFrame frame = writer.Finish();
        records.Dispose();
        Assert.Equal(1, memory.Span[0]);
        frame.Dispose();
        Assert.Equal(0xDB, memory.Span[0]); // what a debug build writes over returned memory
    }

    [Fact]
    public void An_abandoned_writer_lets_go_of_the_records()
    {
        RecordsLease records = RecordsLease.Copy([1, 2, 3]);
        ReadOnlyMemory<byte> memory = records.Memory;
        using (var writer = new KafkaWriter()) writer.NullableRecords(records, flexible: false);
        Assert.Equal(1, memory.Span[0]);
        records.Dispose();
        Assert.Equal(0xDB, memory.Span[0]);
    }
#endif

    [Fact]
    public void A_tagged_value_of_more_than_127_bytes_gets_a_longer_size_in_front()
    {
        byte[] content = [.. Enumerable.Range(0, 300).Select(i => (byte)i)];
        using var writer = new KafkaWriter();
        int start = writer.BeginTagged(1);
        writer.Raw(content);
        writer.EndTagged(start);
        writer.Int8(7);
        Assert.Equal("01" + "AC02" + Convert.ToHexString(content) + "07", Convert.ToHexString(writer.ToArray()));
    }

    [Fact]
    public void A_string_above_32767_bytes_is_refused()
    {
        using var writer = new KafkaWriter();
        writer.String(new string('x', short.MaxValue), flexible: false);
        Assert.Equal(
            ProtocolFault.InvalidLength,
            Assert.Throws<ProtocolException>(() => writer.String(new string('x', short.MaxValue + 1), flexible: true)).Fault);
        Assert.Equal(
            ProtocolFault.InvalidLength, Assert.Throws<ProtocolException>(() => writer.String(new string('ä', 16384), flexible: false)).Fault);
    }
}
