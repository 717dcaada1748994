using Gateway.Fuzz.Hostile;

namespace Gateway.Schemas.Tests;

/// <summary>
/// Inputs made to cost too much: each ends with the right answer or a clear error, because its steps and levels are counted. How long that takes is
/// printed by <c>tests/Fuzz --hostile</c>.
/// </summary>
public class HostileSetTests
{
    public static TheoryData<string> Cases => [.. HostileSet.List.Select(hostile => hostile.ToString())];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Ends_as_it_must(string name)
    {
        var hostile = HostileSet.List.Single(candidate => candidate.ToString() == name);
        var (answer, _, _) = hostile.Run();
        Assert.True(hostile.IsRight(answer), answer);
    }
}
