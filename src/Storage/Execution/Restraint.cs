namespace Gateway.Storage.Execution;

/// <summary>
/// How long work that can wait rests beside work that cannot: in proportion to how long it took, so that a fast machine does more of it in the
/// same share of the time, and one that is overloaded, where everything takes longer, less.
/// </summary>
internal static class Restraint
{
    /// <summary>The usual share of the time is one in this and one.</summary>
    internal const int UsualRests = 3;

    /// <summary>However long a piece took: the work must end some day.</summary>
    internal static readonly TimeSpan LongestRest = TimeSpan.FromMilliseconds(50);

    /// <summary>Shorter ones are saved up: a timer has no finer grain.</summary>
    internal static readonly TimeSpan ShortestRest = TimeSpan.FromMilliseconds(1);

    /// <summary>
    /// How many times as long the next pass over a log rests. Where as much came while it was cleaned as was there before, cleaning at that pace
    /// would never end, and the log would grow for ever.
    /// </summary>
    /// <param name="rests">The last pass's.</param>
    /// <param name="dirtyBefore">Bytes to be cleaned when it began.</param>
    /// <param name="dirtyAfter">Bytes to be cleaned when it was over.</param>
    internal static int NextRests(int rests, long dirtyBefore, long dirtyAfter) => dirtyAfter >= dirtyBefore ? rests / 2 : UsualRests;

    /// <summary>The rest after work that took <paramref name="worked"/>.</summary>
    /// <param name="worked">How long it took.</param>
    /// <param name="rests">How many times as long the rest is.</param>
    internal static TimeSpan RestAfter(TimeSpan worked, int rests = UsualRests)
    {
        TimeSpan rest = worked * rests;
        return rest < LongestRest ? rest : LongestRest;
    }
}
