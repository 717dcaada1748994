namespace Gateway.SchemaRegistry.Rules;

/// <summary>
/// Reads expressions of the Common Expression Language to see whether they are any. How operators bind makes no difference to that, so a row of
/// operands is read as a row.
/// </summary>
internal ref struct CelSyntax
{
    private CelTokens _tokens;
    private int _depth;
    private string? _problem;

    /// <summary>What is wrong, with the place; null when nothing is.</summary>
    public static string? Problem(ReadOnlySpan<char> source)
    {
        var syntax = new CelSyntax { _tokens = new CelTokens(source) };
        syntax._tokens.Next();
        return syntax.Expression() && (syntax._tokens.Kind == CelToken.End || syntax.Fail()) ? null : syntax._problem;
    }

    private bool Expression()
    {
        if (++_depth > RuleExpressions.MaxDepth) return Fail($"it is nested more than {RuleExpressions.MaxDepth} levels deep");
        var isRead = Row() && (!Take("?") || (Row() && Expect(":") && Expression()));
        _depth--;
        return isRead;
    }

    private bool Row()
    {
        do
        {
            if (!Operand()) return false;
        }
        while (TakeOperator());
        return true;
    }

    private bool TakeOperator()
    {
        var isOperator = _tokens.Kind switch
        {
            CelToken.Symbol => _tokens.Word is "||" or "&&" or "<" or "<=" or ">=" or ">" or "==" or "!=" or "+" or "-" or "*" or "/" or "%",
            CelToken.Identifier => _tokens.Word is "in",
            _ => false,
        };
        if (isOperator) _tokens.Next();
        return isOperator;
    }

    private bool Operand()
    {
        var isNegated = false;
        while (Take("!")) isNegated = true;
        if (!isNegated)
        {
            while (Take("-")) { }
        }
        // Behind a negation only a number has a sign.
        else if (Take("-") && _tokens.Kind != CelToken.Number) return Fail();
        return Member();
    }

    private bool Member()
    {
        if (!Primary(out var isName)) return false;
        while (true)
        {
            if (Take("."))
            {
                Take("?");
                if (!Selector()) return false;
                if (!Take("(")) continue;
                if (!Arguments()) return false;
                isName = false;
            }
            else if (Take("["))
            {
                Take("?");
                if (!Expression() || !Expect("]")) return false;
                isName = false;
            }
            else if (isName && Take("{"))
            {
                if (!Entries(isMessage: true)) return false;
                isName = false;
            }
            else
            {
                return true;
            }
        }
    }

    private bool Primary(out bool isName)
    {
        isName = false;
        if (_tokens.Kind is CelToken.Number or CelToken.Text || (_tokens.Kind == CelToken.Identifier && _tokens.Word is "true" or "false" or "null"))
        {
            _tokens.Next();
            return true;
        }
        if (Take("(")) return Expression() && Expect(")");
        if (Take("[")) return Items();
        if (Take("{")) return Entries(isMessage: false);
        Take(".");
        if (_tokens.Kind == CelToken.Identifier && IsReserved(_tokens.Word)) return Fail($"'{_tokens.Word}' is a reserved word");
        if (!Selector()) return false;
        isName = !Take("(");
        return isName || Arguments();
    }

    private bool Selector()
    {
        if (_tokens.Kind != CelToken.Identifier || _tokens.Word is "true" or "false" or "null" or "in") return Fail();
        _tokens.Next();
        return true;
    }

    private bool Arguments()
    {
        if (Take(")")) return true;
        do
        {
            if (!Expression()) return false;
        }
        while (Take(","));
        return Expect(")");
    }

    // Lists, maps and messages, unlike arguments, may end in a comma.
    private bool Items()
    {
        while (!Take("]"))
        {
            Take("?");
            if (!Expression()) return false;
            if (!Take(",")) return Expect("]");
        }
        return true;
    }

    private bool Entries(bool isMessage)
    {
        while (!Take("}"))
        {
            Take("?");
            if (!(isMessage ? Selector() : Expression()) || !Expect(":") || !Expression()) return false;
            if (!Take(",")) return Expect("}");
        }
        return true;
    }

    private static bool IsReserved(ReadOnlySpan<char> word) => word is
        "as" or "break" or "const" or "continue" or "else" or "for" or "function" or "if" or "import" or "let" or "loop" or "package" or "namespace"
        or "return" or "var" or "void" or "while";

    private bool Take(string symbol)
    {
        if (_tokens.Kind != CelToken.Symbol || !_tokens.Word.SequenceEqual(symbol)) return false;
        _tokens.Next();
        return true;
    }

    private bool Expect(string symbol) => Take(symbol) || Fail($"'{symbol}' is missing");

    private bool Fail(string? problem = null)
    {
        problem ??= _tokens.Kind == CelToken.End ? "something is missing" : $"'{_tokens.Word}' does not belong there";
        _problem ??= $"at character {_tokens.Start + 1}, {problem}";
        return false;
    }
}
