using System.Text.Json;

namespace Gateway.HttpProxy.Http;

/// <summary>An error as the proxy tells it: <c>{"error_code", "message"}</c>.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">The code in the body.</param>
/// <param name="Message">What is wrong, for people.</param>
internal sealed record Problem(int Status, int Code, string Message)
{
    /// <summary>When to try again, in seconds, where trying again makes sense (429 and 503).</summary>
    internal int RetryAfterSeconds { get; init; } = 1;

    /// <summary>The status follows from the code, with one exception.</summary>
    internal static Problem Of(int code, string message) =>
        new(code == ConsumerSettingOutOfRange ? 422 : code < 600 ? code : code / 100, code, message);

    /// <summary>Writes what a client gets to read.</summary>
    internal static void WriteMembers(Utf8JsonWriter json, Problem problem)
    {
        json.WriteNumber("error_code"u8, problem.Code);
        json.WriteString("message"u8, problem.Message);
    }

    internal const int BadRequest = 400;
    internal const int NotFound = 404;
    internal const int MethodNotAllowed = 405;
    internal const int NotAcceptable = 406;
    internal const int RequestTimeout = 408;
    internal const int Conflict = 409;
    internal const int PreconditionFailed = 412;
    internal const int TooLarge = 413;
    internal const int UnsupportedMediaType = 415;
    internal const int Unreadable = 422;
    internal const int TooManyRequests = 429;
    internal const int NotImplemented = 501;
    internal const int ConsumerSettingOutOfRange = 40001;
    internal const int InvalidParameter = 40002;
    internal const int AuthenticationFailed = 40101;
    internal const int NotAuthorized = 40301;
    internal const int TopicNotFound = 40401;
    internal const int PartitionNotFound = 40402;
    internal const int ConsumerNotFound = 40403;
    internal const int ConsumerGroupNotFound = 40405;
    internal const int FormatMismatch = 40601;
    internal const int ConversionFailed = 40801;
    internal const int ConsumerExists = 40902;
    internal const int IllegalState = 40903;
    internal const int KeySchemaMissing = 42201;
    internal const int ValueSchemaMissing = 42202;
    internal const int InvalidConsumerConfig = 42204;
    internal const int InvalidSchema = 42205;
    internal const int EmptyBody = 42206;
    internal const int InvalidBatch = 42208;
    internal const int KafkaError = 50002;
    internal const int RetriableKafkaError = 50003;
    internal const int BrokerNotAvailable = 50302;
}

/// <summary>Ends a request with a <see cref="Http.Problem"/>; the endpoint wrapper writes it.</summary>
internal sealed class ProblemException(Problem problem) : Exception(problem.Message)
{
    internal ProblemException(int code, string message)
        : this(Problem.Of(code, message))
    {
    }

    internal Problem Problem { get; } = problem;
}
