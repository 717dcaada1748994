using System.Text.Json;
using Gateway.Schemas.Protobuf.Model;

namespace Gateway.Schemas.Protobuf.Data;

/// <summary>An enum made ready for conversion: its names encoded for JSON.</summary>
internal sealed class EnumPlan
{
    private const int LowNumbers = 128;

    private readonly ProtoEnum _enum;
    private readonly JsonEncodedText?[] _low;
    private readonly Dictionary<int, JsonEncodedText> _others = [];

    public EnumPlan(ProtoEnum @enum)
    {
        _enum = @enum;
        IsNull = @enum.FullName == "google.protobuf.NullValue";
        _low = new JsonEncodedText?[Math.Clamp(@enum.Values.Select(value => value.Number + 1L).DefaultIfEmpty().Max(), 0, LowNumbers)];
        foreach (var value in @enum.Values)
        {
            if ((uint)value.Number < (uint)_low.Length) _low[value.Number] ??= JsonEncodedText.Encode(value.Name);
            else if (!_others.ContainsKey(value.Number)) _others.Add(value.Number, JsonEncodedText.Encode(value.Name));
        }
    }

    public string Name => _enum.FullName;

    public bool IsClosed => _enum.IsClosed;

    /// <summary>The enum whose one value is JSON's null.</summary>
    public bool IsNull { get; }

    /// <summary>What a field holds that is not there.</summary>
    public int Default => _enum.Values.Count > 0 ? _enum.Values[0].Number : 0;

    public bool Knows(int number) => (uint)number < (uint)_low.Length ? _low[number] is not null : _others.ContainsKey(number);

    public bool TryGetName(int number, out JsonEncodedText name)
    {
        if ((uint)number >= (uint)_low.Length) return _others.TryGetValue(number, out name);
        name = _low[number].GetValueOrDefault();
        return _low[number] is not null;
    }

    public int? NumberOf(string name) => _enum.Find(name)?.Number;
}
