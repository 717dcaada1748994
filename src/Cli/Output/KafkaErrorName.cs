using Gateway.Common.Errors;

namespace Gateway.Cli.Output;

/// <summary>What a result column says of an error code: Kafka's own spelling, or <c>OK</c>.</summary>
public static class KafkaErrorName
{
    /// <summary>The name, or the number of a code this build does not know.</summary>
    public static string Of(ErrorCode code) => code == ErrorCode.None ? "OK" : code.KafkaName();
}
