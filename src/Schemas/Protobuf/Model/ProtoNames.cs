using System.Text;

namespace Gateway.Schemas.Protobuf.Model;

/// <summary>Names made from names.</summary>
internal static class ProtoNames
{
    /// <summary>The longest full name there can be; it is that of compilers.</summary>
    public const int MaxLength = ushort.MaxValue;

    // Names of usual length cost next to nothing, however many there are. Long ones are made and kept whole for everything inside them.
    private const int UsualLength = 64;
    private const int UsualCharactersPerStep = 8;

    /// <summary>What it costs to make, look up or print a name of that length.</summary>
    public static int Steps(int length) => 1 + length / UsualCharactersPerStep + Math.Max(0, length - UsualLength);

    /// <summary>The JSON name a field has unless it says otherwise: underscores go, and the letter after one is upper case.</summary>
    public static string ToJson(string name) => Camel(name, false);

    /// <summary>The name of the message made up for a map field.</summary>
    public static string ToMapEntry(string name) => Camel(name, true) + "Entry";

    private static string Camel(string name, bool upper)
    {
        var text = new StringBuilder(name.Length);
        foreach (var c in name)
        {
            if (c == '_')
            {
                upper = true;
                continue;
            }
            text.Append(upper && c is >= 'a' and <= 'z' ? (char)(c - 32) : c);
            upper = false;
        }
        return text.ToString();
    }
}
