using Gateway.SchemaRegistry.Model;
using Gateway.SchemaRegistry.Rules;

namespace Gateway.SchemaRegistry.Tests.Rules;

/// <summary>What parses as CEL and as JSONata, and where what does not parse goes wrong.</summary>
public class RuleExpressionTests
{
    [Theory]
    [InlineData("true")]
    [InlineData("message.name == 'Bob' || message.age >= 18 && !message.isBot")]
    [InlineData("size(message.ssn) == 9 ? message.ssn : ''")]
    [InlineData("has(message.f) && message.items.all(i, i.price > 0.5 && i.count <= 10u)")]
    [InlineData("typeName == 'STRING' ; value + '-suffix'")]
    [InlineData(" ; value != ''")]
    [InlineData("{'a': 1, 'b': [1, 2, 3,],}.a in [1, -2, 0x1F, 1e3, .5, 2.5e-3]")]
    [InlineData("google.type.Money{currency_code: 'EUR', units: 3,}.units == 3")]
    [InlineData(".com.example.fn(-x, !!y, --z)[0].w")]
    [InlineData("r'\\d+\\'")]
    [InlineData("'\\n\\u00e9\\x41\\101\\\\' + \"it's\" + b'\\xff' + br\"\\z\" + '''two\nlines'''")]
    [InlineData("a.b[?'c'].?d // and a remark\n + [?e][0]")]
    [InlineData("message.`content-type` == 'x'")]
    [InlineData("a ? b : c ? d : e")]
    [InlineData("-9223372036854775808 < 18446744073709551615u")]
    [InlineData("message.for == 1")]
    public void Cel_that_is_any(string expression) => Assert.Null(RuleExpressions.Problem(Rules("CEL", expression)));

    [Theory]
    [InlineData("", "there is none")]
    [InlineData("message.", "at character 9, something is missing")]
    [InlineData("message.name = 'Bob'", "at character 14, '=' does not belong there")]
    [InlineData("(a || b", "at character 8, ')' is missing")]
    [InlineData("a ? b", "at character 6, ':' is missing")]
    [InlineData("a b", "at character 3, 'b' does not belong there")]
    [InlineData("a && ", "at character 6, something is missing")]
    [InlineData("f(a,)", "at character 5, ')' does not belong there")]
    [InlineData("'abc", "at character 1, ''abc' does not belong there")]
    [InlineData("'\\q'", "at character 1, ''\\q' does not belong there")]
    [InlineData("'a\nb'", "at character 1, ''a' does not belong there")]
    [InlineData("12a", "at character 3, 'a' does not belong there")]
    [InlineData("9223372036854775809", "at character 1, '9223372036854775809' does not belong there")]
    [InlineData("18446744073709551616u", "at character 1, '18446744073709551616u' does not belong there")]
    [InlineData("for", "at character 1, 'for' is a reserved word")]
    [InlineData("!-a", "at character 3, 'a' does not belong there")]
    [InlineData("f(){a: 1}", "at character 4, '{' does not belong there")]
    [InlineData("{'a' 1}", "at character 6, ':' is missing")]
    [InlineData("a | b", "at character 3, '|' does not belong there")]
    [InlineData("a.true", "at character 3, 'true' does not belong there")]
    [InlineData("a === b", "at character 5, '=' does not belong there")]
    [InlineData("a == 1 ; ", "behind its guard, at character 2, something is missing")]
    [InlineData("a == ; b", "in its guard, at character 6, something is missing")]
    public void Cel_that_is_none(string expression, string problem) =>
        Assert.Equal($"the expression of rule r is not CEL: {problem}", RuleExpressions.Problem(Rules("CEL_FIELD", expression)));

    [Theory]
    [InlineData("$merge([$sift($, function($v, $k) {$k != 'state'}), {'status': $.'state'}])")]
    [InlineData("Account.Order.Product[Price > 10 and Quantity <= 3].(Price * Quantity)")]
    [InlineData("$sum(a.b) / 2 - -3 % c")]
    [InlineData("$replace(name, /^(a|[/]b\\/)+$/im, '')")]
    [InlineData("($x := 5; $f := λ($n)<n:n>{$n <= 1 ? 1 : $n * $f($n - 1)}; $f($x);)")]
    [InlineData("Order^(>Price, <Quantity, name).{`the name`: name, 'n': [1..3, 'x', null, true]}")]
    [InlineData("library.loans@$l.books@$b[$l.isbn=$b.isbn]#$i.{'t': $b.title}")]
    [InlineData("payload ~> |Account.Order|{'a': b ? 1 : 2}, ['c']|")]
    [InlineData("a.**.b.%.c.*[0][]")]
    [InlineData("$map(x, $add(?, 2)) & \"\\u00e9\\n\"")]
    [InlineData("/* a remark */ and.or.in")]
    [InlineData("a{b: $sum(c)}")]
    [InlineData("a ? b")]
    [InlineData("a ?: b ?? c")]
    [InlineData("[]")]
    [InlineData("{}")]
    public void Jsonata_that_is_any(string expression) => Assert.Null(RuleExpressions.Problem(Rules("JSONATA", expression)));

    [Theory]
    [InlineData("", "there is none")]
    [InlineData("a.", "at character 3, something is missing")]
    [InlineData("a b", "at character 3, 'b' does not belong there")]
    [InlineData("(a; b", "at character 6, ')' is missing")]
    [InlineData("[1, 2", "at character 6, ']' is missing")]
    [InlineData("{'a' 1}", "at character 6, ':' is missing")]
    [InlineData("{'a': 1,}", "at character 9, '}' does not belong there")]
    [InlineData("a[b", "at character 4, ']' is missing")]
    [InlineData("f(a,)", "at character 5, ')' does not belong there")]
    [InlineData("a := 1", "at character 3, only a variable can be assigned to")]
    [InlineData("a@b", "at character 4, a variable is missing before that")]
    [InlineData("function(x){x}", "at character 10, a parameter must be a variable")]
    [InlineData("function($x)<n$x}", "at character 18, '>' is missing")]
    [InlineData("function($x) $x", "at character 14, '{' is missing")]
    [InlineData("'abc", "at character 1, ''abc' does not belong there")]
    [InlineData("'\\q'", "at character 1, ''\\q' does not belong there")]
    [InlineData("'\\u12g4'", "at character 1, ''\\u' does not belong there")]
    [InlineData("$match(a, /b)", "at character 11, '/b)' does not belong there")]
    [InlineData("$match(a, //)", "at character 11, '//' does not belong there")]
    [InlineData("a ! b", "at character 3, '!' does not belong there")]
    [InlineData("`a", "at character 1, '`a' does not belong there")]
    [InlineData("a /* b", "at character 3, '' does not belong there")]
    [InlineData("1e999", "at character 1, '1e999' does not belong there")]
    [InlineData("a ~> |b|{}", "at character 11, '|' is missing")]
    [InlineData("a^b", "at character 3, '(' is missing")]
    [InlineData("and and", "at character 8, something is missing")]
    public void Jsonata_that_is_none(string expression, string problem) =>
        Assert.Equal($"the expression of rule r is not JSONata: {problem}", RuleExpressions.Problem(Rules("JSONATA", expression)));

    [Theory]
    [InlineData("CEL", "(", ")")]
    [InlineData("CEL", "[", "]")]
    [InlineData("CEL", "f(", ")")]
    [InlineData("CEL", "a?b:", "")]
    [InlineData("JSONATA", "(", ")")]
    [InlineData("JSONATA", "[", "]")]
    [InlineData("JSONATA", "$f(", ")")]
    [InlineData("JSONATA", "-", "")]
    [InlineData("JSONATA", "{'a':", "}")]
    public void Nesting_has_a_bound(string type, string open, string close)
    {
        string Nested(int levels) => string.Concat(Enumerable.Repeat(open, levels)) + "a" + string.Concat(Enumerable.Repeat(close, levels));
        Assert.Null(RuleExpressions.Problem(Rules(type, Nested(RuleExpressions.MaxDepth - 1))));
        Assert.EndsWith("it is nested more than 200 levels deep", RuleExpressions.Problem(Rules(type, Nested(RuleExpressions.MaxDepth))), StringComparison.Ordinal);
        // As much as fits: refused, and the thread is still there.
        Assert.NotNull(RuleExpressions.Problem(Rules(type, Nested(RuleExpressions.MaxLength / (open.Length + close.Length) - 1))));
    }

    [Theory]
    [InlineData("CEL")]
    [InlineData("JSONATA")]
    public void Length_has_a_bound(string type)
    {
        var longest = "a" + string.Concat(Enumerable.Repeat("+a", RuleExpressions.MaxLength / 2 - 1));
        Assert.Null(RuleExpressions.Problem(Rules(type, longest)));
        Assert.EndsWith("it is longer than 65536 characters", RuleExpressions.Problem(Rules(type, longest + "+a")), StringComparison.Ordinal);
    }

    [Fact]
    public void Any_text_has_a_verdict()
    {
        const string Letters = "a$'\"`/\\()[]{}<>|?:;,.=!&*+-@#%^~ \n019eExurRbBinλ\0";
        var chance = new Random(20);
        for (var i = 0; i < 20_000; i++)
        {
            var text = string.Create(chance.Next(1, 24), chance, static (span, random) =>
            {
                foreach (ref var letter in span) letter = Letters[random.Next(Letters.Length)];
            });
            _ = RuleExpressions.Problem(Rules("CEL", text));
            _ = RuleExpressions.Problem(Rules("JSONATA", text));
        }
    }

    [Fact]
    public void Rules_of_other_types_are_left_alone()
    {
        Assert.Null(RuleExpressions.Problem(Rules("ENCRYPT", "((")));
        Assert.Null(RuleExpressions.Problem(Rules("cel", "((")));
    }

    private static RuleSet Rules(string type, string expression) =>
        new([], [new SchemaRule { Name = "r", Type = type, Expression = expression }], [], null);
}
