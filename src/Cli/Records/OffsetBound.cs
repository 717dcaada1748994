namespace Gateway.Cli.Records;

/// <summary>How one end of an offset range is given.</summary>
public enum OffsetBoundKind
{
    /// <summary>The first record that is still there.</summary>
    Start,

    /// <summary>Behind the last record that is there now.</summary>
    End,

    /// <summary>A number.</summary>
    Exact,

    /// <summary>So many records after the start.</summary>
    AfterStart,

    /// <summary>So many records before the end.</summary>
    BeforeEnd,

    /// <summary>The first record at or after a time, in milliseconds since 1970.</summary>
    Time,
}

/// <summary>One end of an offset range.</summary>
/// <param name="Kind">How it is given.</param>
/// <param name="Value">Offset, count or time, as the kind says.</param>
public readonly record struct OffsetBound(OffsetBoundKind Kind, long Value = 0)
{
    /// <summary>The first record that is still there.</summary>
    public static OffsetBound Start { get; } = new(OffsetBoundKind.Start);

    /// <summary>Behind the last record that is there now.</summary>
    public static OffsetBound End { get; } = new(OffsetBoundKind.End);
}
