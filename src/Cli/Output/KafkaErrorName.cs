using System.Text;
using Gateway.Common.Errors;

namespace Gateway.Cli.Output;

/// <summary>Kafka's own spelling of an error code: <c>UNKNOWN_TOPIC_OR_PARTITION</c>.</summary>
public static class KafkaErrorName
{
    /// <summary>The name, or the number of a code this build does not know.</summary>
    public static string Of(ErrorCode code)
    {
        if (code == ErrorCode.None) return "OK";
        if (!Enum.IsDefined(code)) return $"ERROR_{(short)code}";
        var name = new StringBuilder();
        foreach (char c in code.ToString())
        {
            if (char.IsUpper(c) && name.Length > 0) name.Append('_');
            name.Append(char.ToUpperInvariant(c));
        }
        return name.ToString();
    }
}
