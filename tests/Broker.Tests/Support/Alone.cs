namespace Gateway.Broker.Tests.Support;

/// <summary>Tests that count what the whole process does: they run while no other test does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "Alone";
}
