using Gateway.Common.Errors;

namespace Gateway.Client;

/// <summary>A request was refused with one of Kafka's error codes, or retries of a passing one took too long.</summary>
public sealed class KafkaErrorException : Exception
{
    /// <summary>Carries the broker's code; the message is the broker's own where it sent one.</summary>
    public KafkaErrorException(ErrorCode code, string message, Exception? cause = null)
        : base(message, cause) => Code = code;

    /// <summary>Kafka's error code.</summary>
    public ErrorCode Code { get; }

    /// <summary>Throws unless <paramref name="code"/> is <see cref="ErrorCode.None"/>.</summary>
    public static void ThrowIfError(ErrorCode code, string what, string? brokerMessage = null)
    {
        if (code == ErrorCode.None) return;
        throw new KafkaErrorException(code, string.IsNullOrEmpty(brokerMessage) ? $"{what}: {code}" : $"{what}: {brokerMessage}");
    }
}
