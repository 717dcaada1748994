namespace Gateway.SchemaRegistry.Rules;

/// <summary>
/// Reads JSONata expressions to see whether they are any. An operator takes what stands before it while it binds more tightly than the one before that,
/// which here decides where conditions, assignments and ranges end.
/// </summary>
internal ref struct JsonataSyntax
{
    private JsonataTokens _tokens;
    private int _depth;
    private string? _problem;

    /// <summary>What an operand was, where the next operator asks for a certain one.</summary>
    private enum Operand
    {
        Other,
        Variable,

        /// <summary>The word <c>function</c> or its sign.</summary>
        Function,
    }

    /// <summary>What is wrong, with the place; null when nothing is.</summary>
    public static string? Problem(ReadOnlySpan<char> source)
    {
        var syntax = new JsonataSyntax { _tokens = new JsonataTokens(source) };
        syntax._tokens.Next(behindOperand: false);
        return syntax.Expression(0) && (syntax._tokens.Kind == JsonataToken.End || syntax.Fail()) ? null : syntax._problem;
    }

    private bool Expression(int binding) => Expression(binding, out _);

    private bool Expression(int binding, out Operand operand)
    {
        operand = Operand.Other;
        if (++_depth > RuleExpressions.MaxDepth) return Fail($"it is nested more than {RuleExpressions.MaxDepth} levels deep");
        var isRead = First(out operand);
        while (isRead && _tokens.Kind == JsonataToken.Operator && BindingOf(_tokens.Word) is var next && next > binding)
            isRead = Behind(next, ref operand);
        _depth--;
        return isRead;
    }

    /// <summary>What an expression begins with.</summary>
    private bool First(out Operand operand)
    {
        var kind = _tokens.Kind;
        var word = _tokens.Word;
        operand = kind switch
        {
            JsonataToken.Variable => Operand.Variable,
            JsonataToken.Name when word is "function" or "λ" => Operand.Function,
            _ => Operand.Other,
        };
        switch (kind)
        {
            case JsonataToken.Name or JsonataToken.Variable or JsonataToken.Value:
                _tokens.Next(behindOperand: true);
                return true;
            case JsonataToken.Operator:
                // Wildcards, the parent, and words that are names where no operator can be.
                if (word is "*" or "**" or "%" or "and" or "or" or "in")
                {
                    _tokens.Next(behindOperand: true);
                    return true;
                }
                if (Take("-")) return Expression(70);
                if (Take("(")) return Block();
                if (Take("[")) return Items();
                if (Take("{")) return Members();
                return Take("|") ? Transform() : Fail();
            default:
                return Fail();
        }
    }

    /// <summary>An operator behind an operand, and what belongs to it.</summary>
    private bool Behind(int binding, ref Operand operand)
    {
        var left = operand;
        operand = Operand.Other;
        if (Take("(")) return left == Operand.Function ? Function() : Arguments();
        if (Take("[")) return TakeClosing("]") || (Expression(0) && Close("]"));
        if (Take("{")) return Members();
        if (Take("^")) return Expect("(") && Order();
        if (Take("?")) return Expression(0) && (!Take(":") || Expression(0));
        if (_tokens.Word is ":=")
        {
            if (left != Operand.Variable) return Fail("only a variable can be assigned to");
            Take(":=");
            return Expression(binding - 1);
        }
        if (Take("@") || Take("#")) return Expression(binding, out var bound) && (bound == Operand.Variable || Fail("a variable is missing before that"));
        _tokens.Next(behindOperand: false);
        return Expression(binding);
    }

    private bool Block()
    {
        while (!TakeClosing(")"))
        {
            if (!Expression(0)) return false;
            if (!Take(";")) return Close(")");
        }
        return true;
    }

    private bool Items()
    {
        if (TakeClosing("]")) return true;
        do
        {
            if (!Expression(0) || (Take("..") && !Expression(0))) return false;
        }
        while (Take(","));
        return Close("]");
    }

    private bool Members()
    {
        if (TakeClosing("}")) return true;
        do
        {
            if (!Expression(0) || !Expect(":") || !Expression(0)) return false;
        }
        while (Take(","));
        return Close("}");
    }

    private bool Arguments()
    {
        if (TakeClosing(")")) return true;
        do
        {
            // An argument that is left open makes a function of the rest.
            if (!TakeClosing("?") && !Expression(0)) return false;
        }
        while (Take(","));
        return Close(")");
    }

    private bool Function()
    {
        if (!TakeClosing(")"))
        {
            do
            {
                if (_tokens.Kind != JsonataToken.Variable) return Fail("a parameter must be a variable");
                _tokens.Next(behindOperand: true);
            }
            while (Take(","));
            if (!Close(")")) return false;
        }
        return Signature() && Expect("{") && Expression(0) && Close("}");
    }

    // Types of a function's parameters, in angle brackets.
    private bool Signature()
    {
        var depth = 0;
        do
        {
            if (Is("<")) depth++;
            else if (Is(">")) depth--;
            else if (depth > 0 && (_tokens.Kind is JsonataToken.End or JsonataToken.Faulty || Is("{"))) return Fail("'>' is missing");
            else if (depth == 0) return true;
            _tokens.Next(behindOperand: true);
        }
        while (depth > 0);
        return true;
    }

    private bool Order()
    {
        do
        {
            if (!Take("<")) Take(">");
            if (!Expression(0)) return false;
        }
        while (Take(","));
        return Close(")");
    }

    private bool Transform() => Expression(0) && Expect("|") && Expression(0) && (!Take(",") || Expression(0)) && Close("|");

    private static int BindingOf(ReadOnlySpan<char> word) => word switch
    {
        "[" or "(" or "@" or "#" => 80,
        "." => 75,
        "{" => 70,
        "*" or "/" or "%" => 60,
        "+" or "-" or "&" => 50,
        "=" or "<" or ">" or "^" or "!=" or "<=" or ">=" or "~>" or "in" or "?:" or "??" => 40,
        "and" => 30,
        "or" => 25,
        "?" => 20,
        ":=" => 10,
        _ => 0,
    };

    private readonly bool Is(string symbol) => _tokens.Kind == JsonataToken.Operator && _tokens.Word.SequenceEqual(symbol);

    private bool Take(string symbol, bool behindOperand = false)
    {
        if (!Is(symbol)) return false;
        _tokens.Next(behindOperand);
        return true;
    }

    private bool TakeClosing(string symbol) => Take(symbol, behindOperand: true);

    private bool Expect(string symbol) => Take(symbol) || Fail($"'{symbol}' is missing");

    private bool Close(string symbol) => TakeClosing(symbol) || Fail($"'{symbol}' is missing");

    private bool Fail(string? problem = null)
    {
        problem ??= _tokens.Kind == JsonataToken.End ? "something is missing" : $"'{_tokens.Word}' does not belong there";
        _problem ??= $"at character {_tokens.Start + 1}, {problem}";
        return false;
    }
}
