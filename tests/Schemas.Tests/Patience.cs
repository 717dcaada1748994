namespace Gateway.Schemas.Tests;

/// <summary>
/// How long work on a hostile input may take here. A second is what is promised, and benchmarks show that it holds; this bound tells work that
/// multiplies from work that ends, on a machine that may have much else to do.
/// </summary>
internal static class Patience
{
    internal static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);
}
