using System.Runtime.InteropServices;
using System.Text.Json;
using Gateway.Schemas.Json.Model;

namespace Gateway.Schemas.Json.Validation;

/// <summary><c>type</c>.</summary>
internal sealed class TypeCheck(SchemaNode node, ValueKinds kinds, bool integers) : Check(node, "type")
{
    // In draft 4 an integer is one by its notation, later by its value.
    private readonly bool _byNotation = node.Draft == JsonSchemaDraft.Draft4;

    public override bool Passes(in JsonElement value, ValidationRun run, EvaluatedParts? evaluated)
    {
        var kind = KindOf(value.ValueKind);
        return (kinds & kind) != 0 || (integers && kind == ValueKinds.Number && IsInteger(value));
    }

    public override string Explain(in JsonElement value, ValidationRun run)
    {
        var names = Enum.GetValues<ValueKinds>().Where(kind => kind != ValueKinds.Any && kinds.HasFlag(kind))
            .Select(kind => kind.ToString().ToLowerInvariant());
        if (integers && !kinds.HasFlag(ValueKinds.Number)) names = names.Append("integer");
        return $"{ValidationRun.Show(value)} is {JsonKinds.Describe(value.ValueKind)}, not of type {string.Join(" or ", names)}";
    }

    private bool IsInteger(in JsonElement value)
    {
        var raw = JsonMarshal.GetRawUtf8Value(value);
        if (raw.IndexOfAny(".eE"u8) < 0) return true;
        return !_byNotation && JsonDecimal.Parse(raw).IsInteger;
    }

    private static ValueKinds KindOf(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => ValueKinds.Object,
        JsonValueKind.Array => ValueKinds.Array,
        JsonValueKind.String => ValueKinds.String,
        JsonValueKind.Number => ValueKinds.Number,
        JsonValueKind.True or JsonValueKind.False => ValueKinds.Boolean,
        _ => ValueKinds.Null,
    };
}

/// <summary><c>enum</c> and <c>const</c>.</summary>
internal sealed class EnumCheck : Check
{
    private readonly JsonElement[] _values;
    private readonly Utf8Names<bool> _texts;
    private readonly HashSet<JsonElement> _others;

    public EnumCheck(SchemaNode node, string keyword, IEnumerable<JsonElement> values) : base(node, keyword)
    {
        _values = [.. values];
        _texts = new Utf8Names<bool>(_values.Where(value => value.ValueKind == JsonValueKind.String)
            .Select(value => new KeyValuePair<string, bool>(value.GetString()!, true)));
        _others = new HashSet<JsonElement>(_values.Where(value => value.ValueKind != JsonValueKind.String), JsonEquality.Instance);
    }

    public override bool Passes(in JsonElement value, ValidationRun run, EvaluatedParts? evaluated)
    {
        run.Step();
        return value.ValueKind == JsonValueKind.String ? _texts.FindText(value) >= 0 : _others.Count > 0 && _others.Contains(value);
    }

    public override string Explain(in JsonElement value, ValidationRun run) =>
        _values.Length == 1 ? $"{ValidationRun.Show(value)} is not {ValidationRun.Show(_values[0])}"
        : $"{ValidationRun.Show(value)} is none of {string.Join(", ", _values.Take(5).Select(allowed => ValidationRun.Show(allowed)))}"
            + (_values.Length > 5 ? $" and {_values.Length - 5} more" : "");
}

/// <summary><c>minimum</c>, <c>maximum</c> and their exclusive forms.</summary>
internal sealed class LimitCheck : Check
{
    private readonly JsonDecimal _limit;
    private readonly decimal? _exactLimit;
    private readonly string _text;
    private readonly bool _isUpper;
    private readonly bool _isExclusive;

    public LimitCheck(SchemaNode node, string keyword, in JsonElement limit, bool isUpper, bool isExclusive) : base(node, keyword)
    {
        _limit = JsonDecimal.Of(limit);
        _exactLimit = ShortNumber.Of(limit);
        _text = limit.GetRawText();
        _isUpper = isUpper;
        _isExclusive = isExclusive;
    }

    public override ValueKinds AppliesTo => ValueKinds.Number;

    public override bool Passes(in JsonElement value, ValidationRun run, EvaluatedParts? evaluated)
    {
        var order = _exactLimit is { } limit && ShortNumber.Of(value) is { } number
            ? number.CompareTo(limit) : JsonDecimal.Of(value).CompareTo(_limit);
        return _isUpper ? order < 0 || (order == 0 && !_isExclusive) : order > 0 || (order == 0 && !_isExclusive);
    }

    public override string Explain(in JsonElement value, ValidationRun run) =>
        $"{ValidationRun.Show(value)} is {(_isExclusive ? "not " : "")}{(_isUpper == _isExclusive ? "less" : "more")} than {_text}";
}

/// <summary><c>multipleOf</c>.</summary>
internal sealed class MultipleOfCheck : Check
{
    private readonly JsonDecimal _divisor;
    private readonly long? _wholeDivisor;
    private readonly string _text;

    public MultipleOfCheck(SchemaNode node, in JsonElement divisor) : base(node, "multipleOf")
    {
        _divisor = JsonDecimal.Of(divisor);
        _wholeDivisor = divisor.TryGetInt64(out var whole) ? whole : null;
        _text = divisor.GetRawText();
    }

    public override ValueKinds AppliesTo => ValueKinds.Number;

    public override bool Passes(in JsonElement value, ValidationRun run, EvaluatedParts? evaluated) =>
        _wholeDivisor is { } divisor && value.TryGetInt64(out var whole) ? whole % divisor == 0 : JsonDecimal.Of(value).IsMultipleOf(_divisor);

    public override string Explain(in JsonElement value, ValidationRun run) => $"{ValidationRun.Show(value)} is not a multiple of {_text}";
}

/// <summary>Numbers that fit the framework's decimal without loss, which is nearly all of them.</summary>
internal static class ShortNumber
{
    private const int SafeLength = 28;

    public static decimal? Of(in JsonElement number)
    {
        var raw = JsonMarshal.GetRawUtf8Value(number);
        return raw.Length <= SafeLength && raw.IndexOfAny((byte)'e', (byte)'E') < 0 && number.TryGetDecimal(out var value) ? value : null;
    }
}
