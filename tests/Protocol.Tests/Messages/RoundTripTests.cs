using Gateway.Protocol.Tests.Model;
using Gateway.Protocol.Wire;

namespace Gateway.Protocol.Tests.Messages;

public class RoundTripTests
{
    private const int RoundsPerVersion = 20;

    [Fact]
    public void What_is_written_is_read_back_in_every_message_and_version()
    {
        foreach ((WireMessage message, short version, IKafkaMessage filled) in Filled())
        {
            byte[] bytes = Written(filled, version);
            var reader = new KafkaReader(bytes);
            IKafkaMessage read = message.New();
            read.Read(ref reader, version);
            reader.ExpectEnd();
            Assert.True(
                !ModelComparer.Differences(message.Fields, filled, read).Any(),
                $"{message.Name} v{version}: {string.Join(", ", ModelComparer.Differences(message.Fields, filled, read))}");
            Assert.Equal(bytes, Written(read, version));
        }
    }

    [Fact]
    public void The_generated_writer_and_an_interpreter_of_the_attributes_agree_byte_for_byte()
    {
        foreach ((WireMessage message, short version, IKafkaMessage filled) in Filled())
        {
            byte[] expected = ModelEncoder.Encode(message, filled, version);
            byte[] actual = Written(filled, version);
            Assert.True(
                expected.AsSpan().SequenceEqual(actual),
                $"{message.Name} v{version}: {Convert.ToHexString(expected)} but {Convert.ToHexString(actual)}");
        }
    }

    [Fact]
    public void A_version_outside_the_range_is_refused_by_reader_and_writer()
    {
        foreach (WireMessage message in WireMessage.All)
        {
            foreach (short version in new[] { (short)(message.Lowest - 1), (short)(message.Highest + 1) })
            {
                ProtocolException write = Assert.Throws<ProtocolException>(() => message.New().Write(new KafkaWriter(), version));
                Assert.Equal(ProtocolFault.UnsupportedVersion, write.Fault);
                ProtocolException read = Assert.Throws<ProtocolException>(() =>
                {
                    var reader = new KafkaReader(new byte[64]);
                    message.New().Read(ref reader, version);
                });
                Assert.Equal(ProtocolFault.UnsupportedVersion, read.Fault);
            }
        }
    }

    internal static byte[] Written(IKafkaMessage message, short version)
    {
        using var writer = new KafkaWriter();
        message.Write(writer, version);
        return writer.ToArray();
    }

    private static IEnumerable<(WireMessage Message, short Version, IKafkaMessage Filled)> Filled()
    {
        var filler = new ModelFiller(new Random(20261));
        foreach ((WireMessage message, short version) in WireMessage.AllVersions)
        {
            for (int round = 0; round < RoundsPerVersion; round++) yield return (message, version, filler.Fill(message, version));
        }
    }
}
