using System.Text;

namespace Gateway.Common.Errors;

/// <summary>Kafka's own spelling of error codes, which people look up and tools compare: <c>UNKNOWN_TOPIC_OR_PARTITION</c>.</summary>
public static class ErrorNames
{
    /// <summary>The name, or the number of a code this build does not know.</summary>
    public static string KafkaName(this ErrorCode code)
    {
        if (!Enum.IsDefined(code)) return $"ERROR_{(short)code}";
        var name = new StringBuilder();
        foreach (char letter in code.ToString())
        {
            if (char.IsUpper(letter) && name.Length > 0) name.Append('_');
            name.Append(char.ToUpperInvariant(letter));
        }
        return name.ToString();
    }
}
