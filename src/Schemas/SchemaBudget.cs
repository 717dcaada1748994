using System.Runtime.CompilerServices;

namespace Gateway.Schemas;

/// <summary>What one parse, comparison or conversion may cost at most. Everything here may come from a stranger.</summary>
/// <param name="MaxDepth">Levels of nesting, of the schema text, of types and of data alike.</param>
/// <param name="MaxTextBytes">UTF-8 bytes of schema text, references included.</param>
/// <param name="MaxSteps">Types visited, pairs compared or values converted.</param>
public sealed record SchemaBudget(int MaxDepth = 500, int MaxTextBytes = 8 * 1024 * 1024, long MaxSteps = 10_000_000)
{
    /// <summary>The budget used where nobody says otherwise.</summary>
    public static SchemaBudget Default { get; } = new();

    /// <summary>What this operation shares with others; null when it stands alone.</summary>
    public StepAllowance? Shared { get; init; }

    internal BudgetMeter Start() => new(this);
}

/// <summary>A schema or its data asked for more work than its budget allows.</summary>
public sealed class SchemaBudgetException(string message) : Exception(message);

/// <summary>Counts one operation's steps and depth against its budget.</summary>
internal sealed class BudgetMeter(SchemaBudget budget)
{
    private const int CharactersPerStep = 8;
    private long _stepsLeft = budget.MaxSteps;
    private int _depth;

    public void Step() => Step(1);

    /// <summary>Counts work that is worth several steps, because it takes as long or keeps as much.</summary>
    public void Step(int count)
    {
        _stepsLeft -= count;
        if (_stepsLeft < 0) throw new SchemaBudgetException($"more than {budget.MaxSteps} steps are needed, which is the limit");
        budget.Shared?.Take(count);
    }

    /// <summary>
    /// Pays for text put together from parts, such as a namespace and a name: a long part that many others are joined to would otherwise take
    /// the square of the text's length.
    /// </summary>
    public void Joined(int characters) => Step(characters / CharactersPerStep);

    public void Enter()
    {
        Step();
        if (++_depth > budget.MaxDepth)
            throw new SchemaBudgetException($"nested more than {budget.MaxDepth} levels deep, which is the limit");
    }

    /// <summary>The same where every level takes stack, of which a thread may have less than the budget has levels.</summary>
    public void EnterOnStack()
    {
        Enter();
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw new SchemaBudgetException($"nested more than {_depth} levels deep, which is all this thread has room for");
    }

    public void Leave() => _depth--;
}
