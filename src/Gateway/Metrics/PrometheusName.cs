using System.Text;

namespace Gateway.Metrics;

/// <summary>How an instrument's name and unit become a Prometheus metric name: <c>gateway.kafka.received</c> in By is <c>gateway_kafka_received_bytes_total</c>.</summary>
internal static class PrometheusName
{
    /// <summary>The exported name.</summary>
    public static string Of(string instrument, string? unit, InstrumentKind kind)
    {
        string name = Clean(instrument);
        string suffix = unit switch { "s" => "_seconds", "ms" => "_milliseconds", "By" => "_bytes", "1" => "_ratio", _ => "" };
        if (!name.EndsWith(suffix, StringComparison.Ordinal)) name += suffix;
        return kind == InstrumentKind.Counter && !name.EndsWith("_total", StringComparison.Ordinal) ? name + "_total" : name;
    }

    /// <summary>A name with everything Prometheus does not allow replaced by an underscore.</summary>
    public static string Clean(string name)
    {
        var clean = new StringBuilder(name.Length + 1);
        foreach (char c in name)
        {
            bool digit = char.IsAsciiDigit(c);
            if (digit && clean.Length == 0) clean.Append('_');
            clean.Append(digit || char.IsAsciiLetter(c) || c == '_' ? c : '_');
        }
        return clean.ToString();
    }
}
