namespace Gateway.Schemas;

/// <summary>
/// Steps that many operations share, such as the values of one request: each may cost what its own budget allows, but not each of thousands.
/// Used by one thread at a time.
/// </summary>
/// <param name="steps">How many there are, in the units of <see cref="SchemaBudget.MaxSteps"/>.</param>
public sealed class StepAllowance(long steps)
{
    private long _taken;

    /// <exception cref="SchemaBudgetException">There are not so many left.</exception>
    internal void Take(int count)
    {
        _taken += count;
        if (_taken > steps) throw new SchemaBudgetException($"all values together need more than {steps} steps, which is the limit");
    }
}
