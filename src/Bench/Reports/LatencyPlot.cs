using System.Globalization;
using System.Text;
using Gateway.Bench.Measuring;

namespace Gateway.Bench.Reports;

/// <summary>
/// Latency by percentile as an SVG picture. Both axes are logarithmic: to the right the share of slower requests falls tenfold from
/// line to line, so that a tail takes as much room as it deserves.
/// </summary>
internal static class LatencyPlot
{
    private const int Width = 760, Height = 420, Left = 80, Right = 30, Top = 50, Bottom = 60, Steps = 240;
    private static readonly string[] PercentNames = ["0", "90", "99", "99.9", "99.99", "99.999"];

    /// <summary>Draws one or more runs; one without latencies has its name only.</summary>
    public static string Draw(string title, IReadOnlyList<(string Name, LatencyHistogram Latency)> runs)
    {
        string[] colours = ["#2563eb", "#dc2626", "#059669", "#d97706", "#7c3aed"];
        double nines = Math.Clamp(Math.Ceiling(Math.Log10(Math.Max(10, runs.Max(static r => r.Latency.Count)))), 2, PercentNames.Length - 1);
        double low = Math.Floor(Math.Log10(Math.Max(1000, runs.Min(static r => r.Latency.Percentile(1)))));
        double high = Math.Max(low + 1, Math.Ceiling(Math.Log10(Math.Max(1001, runs.Max(static r => r.Latency.Max)))));
        double X(double nine) => Left + nine / nines * (Width - Left - Right);
        double Y(double nanoseconds) => Height - Bottom - (Math.Log10(Math.Max(nanoseconds, Math.Pow(10, low))) - low) / (high - low) * (Height - Top - Bottom);

        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\" font-size=\"12\">\n");
        svg.Append(CultureInfo.InvariantCulture, $"<rect width=\"{Width}\" height=\"{Height}\" fill=\"white\"/>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left}\" y=\"24\" font-size=\"15\">{Escape(title)}</text>\n");
        for (int i = 0; i <= nines; i++)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{X(i):F1} {Top}V{Height - Bottom}\" stroke=\"#e5e7eb\"/>\n");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(i):F1}\" y=\"{Height - Bottom + 18}\" text-anchor=\"middle\">{PercentNames[i]} %</text>\n");
        }
        for (double power = low; power <= high; power++)
        {
            double y = Y(Math.Pow(10, power));
            svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{Left} {y:F1}H{Width - Right}\" stroke=\"#e5e7eb\"/>\n");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left - 8}\" y=\"{y + 4:F1}\" text-anchor=\"end\">{Duration(Math.Pow(10, power))}</text>\n");
        }
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 14}\" text-anchor=\"middle\">share of requests that took no longer</text>\n");
        for (int i = 0; i < runs.Count; i++)
        {
            bool any = runs[i].Latency.Count > 0;
            var path = new StringBuilder();
            for (int step = 0; step <= Steps; step++)
            {
                double nine = nines * step / Steps;
                double percent = 100 * (1 - Math.Pow(10, -nine));
                path.Append(CultureInfo.InvariantCulture, $"{(step == 0 ? 'M' : 'L')}{X(nine):F1} {Y(runs[i].Latency.Percentile(percent)):F1}");
            }
            string colour = colours[i % colours.Length];
            if (any) svg.Append(CultureInfo.InvariantCulture, $"<path d=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>\n");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left + 10}\" y=\"{Top + 16 + i * 16}\" fill=\"{colour}\">{Escape(runs[i].Name)}{(any ? "" : ": none measured")}</text>\n");
        }
        return svg.Append("</svg>\n").ToString();
    }

    private static string Duration(double nanoseconds) => nanoseconds switch
    {
        < 1e6 => (nanoseconds / 1e3).ToString("0.###", CultureInfo.InvariantCulture) + " µs",
        < 1e9 => (nanoseconds / 1e6).ToString("0.###", CultureInfo.InvariantCulture) + " ms",
        _ => (nanoseconds / 1e9).ToString("0.###", CultureInfo.InvariantCulture) + " s",
    };

    private static string Escape(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);
}
