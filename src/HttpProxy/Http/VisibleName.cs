namespace Gateway.HttpProxy.Http;

/// <summary>Names hold no control characters, wherever they come from: a path, a parameter or a body (http-proxy §1.1).</summary>
internal static class VisibleName
{
    /// <param name="parameter">What is called so.</param>
    /// <param name="name">The name.</param>
    /// <exception cref="ProblemException">It holds some: 40002, with signs in their place that can be seen.</exception>
    internal static void Require(string parameter, string name)
    {
        foreach (char letter in name)
        {
            if (char.IsControl(letter))
                throw new ProblemException(Problem.InvalidParameter, $"Parameter {parameter} contains control characters: {MakeVisible(name)}");
        }
    }

    // Unicode's pictures of them; those of the second set have none.
    private static string MakeVisible(string name) => string.Concat(name.Select(static letter =>
        letter < 0x20 ? (char)(0x2400 + letter) : letter == 0x7f ? '\u2421' : char.IsControl(letter) ? '\ufffd' : letter));
}
