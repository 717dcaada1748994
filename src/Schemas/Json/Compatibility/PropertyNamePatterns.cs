using System.Diagnostics;
using Gateway.Schemas.Json.Patterns;

namespace Gateway.Schemas.Json.Compatibility;

/// <summary>Which names the patterns of <c>patternProperties</c> match. A pattern that is none matches no name.</summary>
internal sealed class PropertyNamePatterns(BudgetMeter meter)
{
    // Getting an expression ready takes thousands of times what a glance at a schema does.
    private const int StepsPerPattern = 5_000;
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);

    private readonly Dictionary<string, SchemaPattern?> _known = new(StringComparer.Ordinal);
    private readonly Stopwatch _spent = new();

    public bool IsMatch(string pattern, string name)
    {
        meter.Step();
        if (!_known.TryGetValue(pattern, out var known))
        {
            meter.Step(StepsPerPattern);
            _known.Add(pattern, known = Read(pattern));
        }
        if (known is null) return false;
        if (_spent.Elapsed > Patience)
            throw new SchemaBudgetException($"the patterns of patternProperties take more than {Patience.TotalMilliseconds} ms, which is the limit");
        _spent.Start();
        try
        {
            return known.IsMatch(name);
        }
        finally
        {
            _spent.Stop();
        }
    }

    private static SchemaPattern? Read(string pattern)
    {
        try
        {
            return SchemaPattern.Parse(pattern);
        }
        catch (PatternFault)
        {
            return null;
        }
    }
}
