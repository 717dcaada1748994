using System.Runtime.CompilerServices;
using System.Text;
using Gateway.Protocol.Tests.Model;

namespace Gateway.Protocol.Tests.Golden;

/// <summary>shape.txt makes a change of the wire a readable diff. To accept one, run the tests with GATEWAY_WRITE_SHAPE=1.</summary>
public class ShapeTests
{
    [Fact]
    public void The_checked_in_shape_is_the_shape_of_the_messages()
    {
        string now = Current();
        if (Environment.GetEnvironmentVariable("GATEWAY_WRITE_SHAPE") == "1") File.WriteAllText(GoldenFile(), now);
        string[] golden = File.ReadAllLines(GoldenFile());
        string[] current = now.TrimEnd('\n').Split('\n');
        Assert.Empty(golden.Except(current));
        Assert.Empty(current.Except(golden));
        Assert.Equal(golden, current);
    }

    private static string Current()
    {
        var text = new StringBuilder();
        foreach ((WireMessage message, short version) in WireMessage.OfKafka.SelectMany(m => m.Versions.Select(v => (m, v))))
        {
            foreach (string line in Shape.Lines(message, version)) text.Append(line).Append('\n');
        }
        return text.ToString();
    }

    private static string GoldenFile([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "shape.txt");
}
