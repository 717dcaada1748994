namespace Gateway.Schemas;

/// <summary>
/// Steps that many operations share, such as the values of one request: each may cost what its own budget allows, but not each of thousands.
/// Used by one thread at a time.
/// </summary>
/// <param name="steps">How many there are, in the units of <see cref="SchemaBudget.MaxSteps"/>.</param>
/// <param name="what">What shares them, for the message to whoever needs more.</param>
public sealed class StepAllowance(long steps, string what = "all values together")
{
    private volatile bool _isClosed;

    /// <summary>How many were taken.</summary>
    public long Taken { get; private set; }

    /// <summary>Whether more were needed than there are.</summary>
    public bool IsSpent => Taken > steps;

    /// <exception cref="SchemaBudgetException">There are not so many left.</exception>
    public void Take(long count)
    {
        if (_isClosed) return;
        Taken += count;
        if (IsSpent) throw new SchemaBudgetException($"{what} need more than {steps} steps, which is the limit");
    }

    /// <summary>Takes back what was taken since there were <paramref name="taken"/>: the work is to be done again.</summary>
    public void GiveBackTo(long taken) => Taken = Math.Min(Taken, taken);

    /// <summary>Ends the counting: what was parsed under this allowance may live longer than what it was parsed for.</summary>
    public void Close() => _isClosed = true;
}
