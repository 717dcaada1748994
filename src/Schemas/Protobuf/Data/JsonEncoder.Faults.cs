using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Gateway.Schemas.Text;

namespace Gateway.Schemas.Protobuf.Data;

/// <summary>Says what does not fit and where.</summary>
internal ref partial struct JsonEncoder
{
    private const int LongestExcerpt = 80;

    private void Enter(JsonProperty property) => _path.Push(new Step { Property = property, IsName = true });

    private void LeavePath() => _path.CutTo(_path.Count - 1);

    private readonly SchemaDataException Mismatch(JsonElement value, string expected)
    {
        var raw = JsonMarshal.GetRawUtf8Value(value);
        var excerpt = raw.Length > LongestExcerpt ? Encoding.UTF8.GetString(raw[..LongestExcerpt]) + "…" : Encoding.UTF8.GetString(raw);
        return Fault($"{excerpt} is not {expected}");
    }

    private readonly SchemaDataException Fault(string message)
    {
        if (_path.Count == 0) return new SchemaDataException(message);
        var steps = new List<string>();
        for (var i = 0; i < _path.Count; i++)
        {
            var step = _path[i];
            steps.Add(step.IsName
                ? Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8PropertyName(step.Property))
                : step.Index.ToString(CultureInfo.InvariantCulture));
        }
        return new SchemaDataException($"{message}, at {JsonLocation.Pointer(steps)}");
    }

    /// <summary>One step from the root to the value being encoded: a member or an element.</summary>
    [StructLayout(LayoutKind.Auto)]
    private struct Step
    {
        public JsonProperty Property;
        public int Index;
        public bool IsName;
    }
}
