namespace Gateway.Cli.Output;

/// <summary>
/// A plain table: headers in capitals, columns padded with spaces, no borders and no wrapping. People read it, and awk reads it too,
/// whatever the width of the terminal.
/// </summary>
public sealed class TextTable(params string[] headers)
{
    private readonly List<string[]> _rows = [headers];

    /// <summary>Adds a row; null cells print as <c>-</c>, which stands for "not applicable".</summary>
    public void Add(params string?[] cells) => _rows.Add([.. cells.Select(cell => string.IsNullOrEmpty(cell) ? "-" : cell)]);

    /// <summary>Writes the table.</summary>
    public void WriteTo(TextWriter output)
    {
        int[] widths = [.. Enumerable.Range(0, headers.Length).Select(column => _rows.Max(row => row[column].Length))];
        foreach (string[] row in _rows)
            output.WriteLine(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }
}
