using System.Text.RegularExpressions;

namespace Gateway.Schemas.Json.Compatibility;

/// <summary>Which names the patterns of <c>patternProperties</c> match. A pattern that is none matches no name.</summary>
internal sealed class PropertyNamePatterns(BudgetMeter meter)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);
    private readonly Dictionary<string, Regex?> _known = new(StringComparer.Ordinal);

    public bool IsMatch(string pattern, string name)
    {
        meter.Step();
        if (!_known.TryGetValue(pattern, out var regex)) _known.Add(pattern, regex = Read(pattern));
        try
        {
            return regex is not null && regex.IsMatch(name);
        }
        catch (RegexMatchTimeoutException)
        {
            throw new SchemaBudgetException(
                $"the pattern '{pattern}' of patternProperties takes more than {Patience.TotalMilliseconds} ms to match a name, which is the limit");
        }
    }

    private static Regex? Read(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.CultureInvariant, Patience);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
