using System.Globalization;
using System.Text;

namespace Gateway.Metrics;

/// <summary>Writes Prometheus text format 0.0.4: HELP and TYPE once per name, then its series.</summary>
internal static class PrometheusText
{
    /// <summary>Writes every instrument, sorted by name so that two scrapes differ only in their numbers.</summary>
    public static void Write(StringBuilder text, IEnumerable<InstrumentState> instruments)
    {
        long dropped = 0;
        // Two meters may carry the same instrument (several nodes in one test process): one heading, all series.
        foreach (IGrouping<string, InstrumentState> family in instruments.GroupBy(i => i.Name).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            InstrumentState first = family.First();
            Heading(text, family.Key, first.Instrument.Description, TypeOf(first.Kind));
            foreach (InstrumentState instrument in family)
            {
                dropped += instrument.Dropped;
                foreach ((LabelSet labels, Series series) in instrument.Current())
                {
                    if (instrument.Kind == InstrumentKind.Histogram) WriteHistogram(text, instrument, labels, series);
                    else Sample(text, family.Key, labels, null, series.Value);
                }
            }
        }
        Heading(text, "gateway_metrics_dropped_measurements_total", "Measurements not counted because their instrument has too many series.", "counter");
        Sample(text, "gateway_metrics_dropped_measurements_total", null, null, dropped);
    }

    private static void WriteHistogram(StringBuilder text, InstrumentState instrument, LabelSet labels, Series series)
    {
        long cumulative = 0;
        long[] counts = series.ReadBuckets();
        for (int i = 0; i < counts.Length; i++)
        {
            cumulative += counts[i];
            string bound = i < instrument.Bounds.Length ? Number(instrument.Bounds[i]) : "+Inf";
            Sample(text, instrument.Name + "_bucket", labels, bound, cumulative);
        }
        Sample(text, instrument.Name + "_sum", labels, null, series.Value);
        Sample(text, instrument.Name + "_count", labels, null, cumulative);
    }

    private static void Heading(StringBuilder text, string name, string? help, string type)
    {
        string line = (help ?? "").Replace("\\", @"\\", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal);
        text.Append("# HELP ").Append(name).Append(' ').Append(line).Append('\n');
        text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
    }

    private static void Sample(StringBuilder text, string name, LabelSet? labels, string? bucketBound, double value)
    {
        text.Append(name);
        char separator = '{';
        if (labels is not null)
        {
            foreach ((string label, object? labelValue) in labels.Labels)
            {
                string shown = Convert.ToString(labelValue, CultureInfo.InvariantCulture) ?? "";
                text.Append(separator).Append(PrometheusName.Clean(label)).Append("=\"").Append(Escape(shown)).Append('"');
                separator = ',';
            }
        }
        if (bucketBound is not null)
        {
            text.Append(separator).Append("le=\"").Append(bucketBound).Append('"');
            separator = ',';
        }
        if (separator == ',') text.Append('}');
        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string Escape(string value) => value.AsSpan().IndexOfAny('\\', '"', '\n') < 0
        ? value
        : value.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal);

    private static string Number(double value) =>
        double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf" : value.ToString("R", CultureInfo.InvariantCulture);

    private static string TypeOf(InstrumentKind kind) => kind switch
    {
        InstrumentKind.Counter => "counter",
        InstrumentKind.Histogram => "histogram",
        _ => "gauge",
    };
}
