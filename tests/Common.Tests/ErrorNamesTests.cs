using Gateway.Common.Errors;

namespace Gateway.Common.Tests;

public sealed class ErrorNamesTests
{
    [Theory]
    [InlineData(0, "NONE")]
    [InlineData(-1, "UNKNOWN_SERVER_ERROR")]
    [InlineData(3, "UNKNOWN_TOPIC_OR_PARTITION")]
    [InlineData(6, "NOT_LEADER_OR_FOLLOWER")]
    [InlineData(17, "INVALID_TOPIC_EXCEPTION")]
    [InlineData(48, "INVALID_TXN_STATE")]
    [InlineData(57, "LOG_DIR_NOT_FOUND")]
    [InlineData(999, "ERROR_999")]
    public void A_code_has_the_name_Kafka_gives_it(short code, string name) => Assert.Equal(name, ((ErrorCode)code).KafkaName());
}
