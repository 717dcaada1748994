using Gateway.Protocol.Tests.Model;
using Gateway.Protocol.Wire;

namespace Gateway.Protocol.Tests.Messages;

/// <summary>A message that was used before is as a new one: nothing of one client's request may be seen in another's.</summary>
public class ReuseTests
{
    private const int RoundsPerVersion = 20;

    [Fact]
    public void A_message_that_was_reset_reads_and_writes_as_a_fresh_one()
    {
        var filler = new ModelFiller(new Random(20264));
        var used = new Dictionary<string, IReusableMessage>();
        foreach ((WireMessage message, short version) in WireMessage.AllVersions)
        {
            for (int round = 0; round < RoundsPerVersion; round++)
            {
                byte[] bytes = RoundTripTests.Written(filler.Fill(message, version), version);
                IKafkaMessage fresh = message.New();
                if (fresh is not IReusableMessage) continue;
                // The same object through all versions, so that fields of the newer ones meet the older ones too.
                if (!used.TryGetValue(message.Name, out IReusableMessage? reused)) used[message.Name] = reused = (IReusableMessage)message.New();
                Read(fresh, bytes, version);
                Read(reused, bytes, version);
                Assert.True(
                    !ModelComparer.Differences(message.Fields, fresh, reused).Any(),
                    $"{message.Name} v{version}: {string.Join(", ", ModelComparer.Differences(message.Fields, fresh, reused))}");
                Assert.Equal(bytes, RoundTripTests.Written(reused, version));
                reused.Reset();
                Assert.Empty(ModelComparer.Differences(message.Fields, message.New(), reused));
            }
        }
        Assert.Equal(["FetchRequest", "FetchResponse", "ProduceRequest", "ProduceResponse"], used.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_message_that_was_reset_after_bytes_it_refused_is_as_a_fresh_one()
    {
        var filler = new ModelFiller(new Random(20265));
        var random = new Random(20266);
        foreach ((WireMessage message, short version) in WireMessage.AllVersions)
        {
            if (message.New() is not IReusableMessage reused) continue;
            for (int round = 0; round < RoundsPerVersion; round++)
            {
                byte[] bytes = RoundTripTests.Written(filler.Fill(message, version), version);
                Assert.Throws<ProtocolException>(() => Read(reused, bytes[..random.Next(bytes.Length)], version));
                reused.Reset();
                Assert.Empty(ModelComparer.Differences(message.Fields, message.New(), reused));
            }
        }
    }

    private static void Read(IKafkaMessage message, byte[] bytes, short version)
    {
        var reader = new KafkaReader(bytes);
        message.Read(ref reader, version);
        reader.ExpectEnd();
    }
}
