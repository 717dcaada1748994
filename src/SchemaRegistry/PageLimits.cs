namespace Gateway.SchemaRegistry;

/// <summary>How many items of a list one answer holds.</summary>
/// <param name="Default">Where the request does not say, or asks for more than there may be.</param>
/// <param name="Max">At most.</param>
public readonly record struct PageLimits(int Default, int Max)
{
    /// <summary>The number of items a request gets.</summary>
    /// <param name="asked">What it asks for; not positive when it does not say.</param>
    public int Of(int asked) => asked > 0 && asked <= Max ? asked : Math.Min(Default, Max);
}
