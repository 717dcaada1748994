using System.Collections.Frozen;
using System.Globalization;

namespace Gateway.Schemas.Json.Patterns;

/// <summary>What can stand in <c>\p{…}</c>: general categories by short and long names, and a few properties. Scripts are not known.</summary>
internal static class UnicodeProperties
{
    // Short name, long name, other names: as Unicode's list of property value aliases has them.
    private static readonly string[][] CategoryNames =
    [
        ["Lu", "Uppercase_Letter"], ["Ll", "Lowercase_Letter"], ["Lt", "Titlecase_Letter"], ["Lm", "Modifier_Letter"], ["Lo", "Other_Letter"],
        ["Mn", "Nonspacing_Mark"], ["Mc", "Spacing_Mark"], ["Me", "Enclosing_Mark"],
        ["Nd", "Decimal_Number", "digit"], ["Nl", "Letter_Number"], ["No", "Other_Number"],
        ["Zs", "Space_Separator"], ["Zl", "Line_Separator"], ["Zp", "Paragraph_Separator"],
        ["Cc", "Control", "cntrl"], ["Cf", "Format"], ["Cs", "Surrogate"], ["Co", "Private_Use"],
        ["Pc", "Connector_Punctuation"], ["Pd", "Dash_Punctuation"], ["Ps", "Open_Punctuation"], ["Pe", "Close_Punctuation"],
        ["Pi", "Initial_Punctuation"], ["Pf", "Final_Punctuation"], ["Po", "Other_Punctuation"],
        ["Sm", "Math_Symbol"], ["Sc", "Currency_Symbol"], ["Sk", "Modifier_Symbol"], ["So", "Other_Symbol"], ["Cn", "Unassigned"],
    ];

    private static readonly (string[] Names, string Members)[] Groups =
    [
        (["LC", "Cased_Letter"], "Lu Ll Lt"), (["L", "Letter"], "Lu Ll Lt Lm Lo"), (["M", "Mark", "Combining_Mark"], "Mn Mc Me"),
        (["N", "Number"], "Nd Nl No"), (["Z", "Separator"], "Zs Zl Zp"), (["P", "Punctuation", "punct"], "Pc Pd Ps Pe Pi Pf Po"),
        (["S", "Symbol"], "Sm Sc Sk So"), (["C", "Other"], "Cc Cf Cs Co Cn"),
    ];

    // The framework lists its categories in another order.
    private static readonly string[] InFrameworkOrder =
        "Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Zs Zl Zp Cc Cf Cs Co Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Cn".Split(' ');

    private static readonly Lazy<FrozenDictionary<string, CodePointSet>> Sets = new(Build);

    /// <summary>The characters that have a property, or null when the property is not known.</summary>
    public static CodePointSet? Find(string name)
    {
        var equals = name.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0) return Sets.Value.GetValueOrDefault(name);
        return name[..equals] is "gc" or "General_Category" ? Sets.Value.GetValueOrDefault(name[(equals + 1)..]) : null;
    }

    private static FrozenDictionary<string, CodePointSet> Build()
    {
        var byCategory = ByCategory();
        var sets = new Dictionary<string, CodePointSet>(StringComparer.Ordinal);
        foreach (var names in CategoryNames)
        {
            var set = byCategory[Array.IndexOf(InFrameworkOrder, names[0])];
            foreach (var name in names) sets.Add(name, set);
        }
        foreach (var (names, members) in Groups)
        {
            var set = new CodePointSet();
            foreach (var member in members.Split(' ')) set.Add(sets[member]);
            set = set.Joined();
            foreach (var name in names) sets.Add(name, set);
        }
        sets.Add("Any", new CodePointSet().Add(0, 0x10FFFF));
        sets.Add("Assigned", sets["Cn"].Complement());
        sets.Add("ASCII", new CodePointSet().Add(0, 0x7F));
        foreach (var name in new[] { "ASCII_Hex_Digit", "AHex" }) sets.Add(name, new CodePointSet().Add('0', '9').Add('A', 'F').Add('a', 'f'));
        foreach (var name in new[] { "White_Space", "space" })
            sets.Add(name, new CodePointSet().Add(9, 13).Add(0x85, 0x85).Add(sets["Z"]).Joined());
        return sets.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static CodePointSet[] ByCategory()
    {
        var sets = new CodePointSet[InFrameworkOrder.Length];
        for (var i = 0; i < sets.Length; i++) sets[i] = new CodePointSet();
        var start = 0;
        var current = CharUnicodeInfo.GetUnicodeCategory(0);
        for (var codePoint = 1; codePoint <= 0x110000; codePoint++)
        {
            var category = codePoint <= 0x10FFFF ? CharUnicodeInfo.GetUnicodeCategory(codePoint) : (UnicodeCategory)(-1);
            if (category == current) continue;
            sets[(int)current].Add(start, codePoint - 1);
            (start, current) = (codePoint, category);
        }
        return sets;
    }
}
