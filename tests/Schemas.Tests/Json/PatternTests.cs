using System.Text.RegularExpressions;
using Gateway.Schemas.Json.Patterns;

namespace Gateway.Schemas.Tests.Json;

/// <summary>ECMA-262's regular expressions (with the u flag) on .NET's engines.</summary>
public class PatternTests
{
    [Theory]
    // Anchors: $ is the end and nothing else.
    [InlineData("^abc$", "abc", true)]
    [InlineData("^abc$", "abc\n", false)]
    [InlineData("^b", "a\nb", false)]
    [InlineData("es", "expression", true)]
    [InlineData("", "anything", true)]
    // Escapes of characters.
    [InlineData("^\\t\\n\\v\\f\\r$", "\t\n\v\f\r", true)]
    [InlineData("^\\cC\\cc$", "\u0003\u0003", true)]
    [InlineData("^\\0$", "\0", true)]
    [InlineData("^\\x41\\u0042\\u{43}\\u{1F409}$", "ABC\U0001F409", true)]
    [InlineData("^\\uD83D\\uDC09$", "\U0001F409", true)]
    [InlineData("^\\-\\/\\_\\^\\$\\.$", "-/_^$.", true)]
    // Classes by letter are ASCII; white space is Unicode's and the byte order mark.
    [InlineData("^\\d+$", "0123456789", true)]
    [InlineData("^\\d$", "\u0667", false)]
    [InlineData("^\\D$", "\u0667", true)]
    [InlineData("^\\w+$", "aZ_09", true)]
    [InlineData("^\\w$", "\u00e9", false)]
    [InlineData("^\\W$", "\u00e9", true)]
    [InlineData("^\\s+$", " \t\u00a0\u1680\u2003\u2028\u3000\ufeff", true)]
    [InlineData("^\\s$", "\u200b", false)]
    [InlineData("^\\s$", "\u0085", false)]
    [InlineData("^\\S$", "\ufeff", false)]
    [InlineData("\\bfoo\\b", "a foo.", true)]
    [InlineData("\\bfoo\\b", "\u00e9foo", true)]
    [InlineData("\\bfoo\\b", "afoo", false)]
    [InlineData("\\Boo", "foo", true)]
    [InlineData("\\Bfoo", "foo", false)]
    // The dot stops at line ends, of which there are four.
    [InlineData("^.$", "\u0085", true)]
    [InlineData("^.$", "\n", false)]
    [InlineData("^.$", "\r", false)]
    [InlineData("^.$", "\u2028", false)]
    // Beyond the basic plane a character is one character.
    [InlineData("^.$", "\U0001F409", true)]
    [InlineData("^..$", "\U0001F409", false)]
    [InlineData("^.{2}$", "\U0001F409\U0001F432", true)]
    [InlineData("^\U0001F432*$", "\U0001F432\U0001F432", true)]
    [InlineData("^\U0001F432*$", "\U0001F409", false)]
    [InlineData("^[\U0001F409-\U0001F432]$", "\U0001F410", true)]
    [InlineData("^[\U0001F409-\U0001F432]$", "\U0001F433", false)]
    [InlineData("^[^a]$", "\U0001F409", true)]
    [InlineData("^[^a]{3}$", "\U0001F409b\U0001F432", true)]
    [InlineData("^[^\U0001F409]$", "\U0001F409", false)]
    [InlineData("^[^\U0001F409]+$", "a\U0001F432", true)]
    [InlineData("^[^\U0001F409]+$", "a\U0001F409", false)]
    [InlineData("^\\S+$", "a\U0001F409", true)]
    [InlineData("^[a\U0001F409]?$", "\U0001F409", true)]
    [InlineData("^[\\u{10000}-\\u{10FFFF}]$", "\U0010FFFF", true)]
    [InlineData("^[\\u{FFFF}-\\u{10400}]{2}$", "\uFFFF\U00010400", true)]
    // Classes.
    [InlineData("^[]$", "", false)]
    [InlineData("[]", "a", false)]
    [InlineData("^[^]$", "\n", true)]
    [InlineData("^[a-c-]+$", "a-c", true)]
    [InlineData("^[-a]+$", "-a", true)]
    [InlineData("^[\\w-]+$", "a-b", true)]
    [InlineData("^[\\w-z]+$", "a-z", true)]
    [InlineData("^[a-z-[aeiou]]$", "b]", true)]
    [InlineData("^[[]$", "[", true)]
    [InlineData("^[\\b]$", "\b", true)]
    [InlineData("^[\\]\\\\]+$", "]\\", true)]
    [InlineData("^[^\\d\\s]+$", "ab", true)]
    [InlineData("^[^\\d\\s]+$", "a1", false)]
    [InlineData("^[.$^]+$", "^.$", true)]
    // Properties, by short and long names.
    [InlineData("^\\p{L}+$", "\u00e9a\u4e2d", true)]
    [InlineData("^\\p{Letter}$", "1", false)]
    [InlineData("^\\p{digit}+$", "1\u0667", true)]
    [InlineData("^\\p{Nd}$", "\U0001D7D8", true)]
    [InlineData("^\\p{Lu}\\p{Uppercase_Letter}$", "A\u00c9", true)]
    [InlineData("^\\p{gc=Lu}\\p{General_Category=Ll}$", "Aa", true)]
    [InlineData("^\\P{L}$", "a", false)]
    [InlineData("^\\P{L}$", "1", true)]
    [InlineData("^[\\p{L}\\p{N}_]+$", "a\u06671_", true)]
    [InlineData("^[^\\P{L}]$", "a", true)]
    [InlineData("^\\p{ASCII}$", "\u00e9", false)]
    [InlineData("^\\p{Any}$", "\U0001F409", true)]
    [InlineData("^\\p{Sc}$", "\u20ac", true)]
    // Groups, look-around, back references.
    [InlineData("^(?:ab)+$", "abab", true)]
    [InlineData("^(a)(b)\\2\\1$", "abba", true)]
    [InlineData("^(?<x>a|b)\\k<x>$", "bb", true)]
    [InlineData("^(?<x>a|b)\\k<x>$", "ab", false)]
    [InlineData("^(?<x>a)(b)\\2\\1$", "abba", true)]
    [InlineData("^(?:(a)|b)\\1$", "b", true)]
    [InlineData("^(?=.*\\d)(?!.*x).+$", "a1", true)]
    [InlineData("^(?=.*\\d)(?!.*x).+$", "a1x", false)]
    [InlineData("(?<=\\$)\\d", "$5", true)]
    [InlineData("(?<!\\$)\\d", "$5", false)]
    // Counts, and braces that are none.
    [InlineData("^a{2}$", "aa", true)]
    [InlineData("^a{2,}$", "a", false)]
    [InlineData("^a{2,3}$", "aaaa", false)]
    [InlineData("^a{0}$", "", true)]
    [InlineData("^a+?b*?c??$", "aab", true)]
    [InlineData("^{.*}$", "{x}", true)]
    [InlineData("^a{,2}$", "a{,2}", true)]
    [InlineData("^x{a}$", "x{a}", true)]
    [InlineData("a|b|", "", true)]
    // .NET's own inventions have no meaning here.
    [InlineData("^#a b$", "#a b", true)]
    [InlineData("^(a)$", "a", true)]
    public void Matches_as_ECMA_262_has_it(string pattern, string text, bool matches) =>
        Assert.Equal(matches, SchemaPattern.Parse(pattern).IsMatch(text));

    [Theory]
    [InlineData("(", "not closed")]
    [InlineData(")", "unmatched )")]
    [InlineData("[a", "not closed")]
    [InlineData("a**", "nothing to repeat at character 3")]
    [InlineData("*a", "nothing to repeat at character 1")]
    [InlineData("^*", "nothing to repeat")]
    [InlineData("{2}", "nothing to repeat")]
    [InlineData("a{2,1}", "out of order")]
    [InlineData("[z-a]", "out of order")]
    [InlineData("\\", "backslash ends")]
    [InlineData("\\a", "no escape \\a")]
    [InlineData("^a\\Z", "no escape \\Z")]
    [InlineData("\\A", "no escape \\A")]
    [InlineData("\\1", "no group 1")]
    [InlineData("(a)\\2", "no group 2")]
    [InlineData("\\k<a>", "names no group")]
    [InlineData("(?<a>x)(?<a>y)", "there twice")]
    [InlineData("(?<1>x)", "name is none")]
    [InlineData("(?i)a", "no such group")]
    [InlineData("(?>a)", "no such group")]
    [InlineData("(?#a)", "no such group")]
    [InlineData("(?'a'b)", "no such group")]
    [InlineData("\\p{Foo}", "property Foo is not known")]
    [InlineData("\\p{Script=Greek}", "not known here")]
    [InlineData("\\pL", "needs a property in braces")]
    [InlineData("\\x4", "2 hexadecimal digits")]
    [InlineData("\\u12", "4 hexadecimal digits")]
    [InlineData("\\u{110000}", "names no character")]
    [InlineData("\\u{}", "names no character")]
    [InlineData("\\c1", "no escape \\c")]
    [InlineData("[\\1]", "no groups")]
    public void What_is_no_pattern_is_told_with_its_place(string pattern, string message) =>
        Assert.Contains(message, Assert.Throws<PatternFault>(() => SchemaPattern.Parse(pattern)).Message, StringComparison.Ordinal);

    [Fact]
    public void Whatever_is_taken_is_an_expression_of_both_engines()
    {
        const string Alphabet = @"ab01^$.|?*+()[]{}\-,:=!<>dDwWsSbBcxukpPLn/é";
        var random = new Random(20_261_120);
        var taken = 0;
        for (var i = 0; i < 60_000; i++)
        {
            var pattern = string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => Alphabet[random.Next(Alphabet.Length)]));
            EcmaTranslation translation;
            try
            {
                translation = EcmaPattern.Translate(pattern);
            }
            catch (PatternFault)
            {
                continue;
            }
            taken++;
            _ = new Regex(translation.Text, RegexOptions.CultureInvariant);
            if (!translation.NeedsBacktracking && taken % 20 == 0) _ = new Regex(translation.Text, RegexOptions.NonBacktracking);
        }
        Assert.True(taken > 5_000, $"only {taken} patterns were taken");
    }
}
