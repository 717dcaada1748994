using System.Globalization;
using Gateway.Schemas.Protobuf.BuiltIn;
using Gateway.Schemas.Protobuf.Model;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Gateway.Schemas.Protobuf.Printing;

/// <summary>
/// Options as they are printed, from either state they can be in: not interpreted, as a parser leaves them, or interpreted, as fields and
/// extensions of one of the option messages, whose bytes are then read by the linked model.
/// </summary>
internal sealed class ProtoOptionReader(ProtoFile file, bool sorted, bool withCustom)
{
    private const string Package = "google.protobuf.";
    private const int UninterpretedNumber = 999;
    private const int MapEntryNumber = 7;

    public List<ProtoOption> Of(IMessage? options, IEnumerable<UninterpretedOption>? uninterpreted, string messageName)
    {
        if (options is null) return [];
        var found = Interpreted(options, messageName);
        if (uninterpreted is not null) found.AddRange(uninterpreted.Select(WrittenOption.Of));
        if (!withCustom) found.RemoveAll(option => option.IsCustom && !option.Name.StartsWith("(confluent.", StringComparison.Ordinal));
        return sorted ? Sort(found) : found;
    }

    private static List<ProtoOption> Sort(List<ProtoOption> options) =>
        [.. options.OrderBy(option => option.SortKey, StringComparer.Ordinal)];

    private List<ProtoOption> Interpreted(IMessage options, string messageName)
    {
        var found = new List<ProtoOption>();
        if (options.CalculateSize() == 0) return found;
        var message = file.FindMessage(Package + messageName) ?? BuiltInFiles.OptionsType(messageName);
        var fields = OptionFields.Read(message, options.ToByteString(), file);
        foreach (var (field, values) in fields.Values(sorted))
        {
            if (field.Number == UninterpretedNumber || (field.Number == MapEntryNumber && messageName == "MessageOptions")) continue;
            var name = field.IsExtension ? $"({field.FullName})" : field.Name;
            foreach (var value in values)
            {
                if (value is ProtoOptionValue.Message parts && !field.IsExtension && !field.IsRepeated) Parts(name, parts, found);
                else found.Add(new ProtoOption(name, value));
            }
        }
        return found;
    }

    /// <summary>Features are messages, and are written feature by feature.</summary>
    private static void Parts(string name, ProtoOptionValue.Message message, List<ProtoOption> found)
    {
        foreach (var (key, value) in message.Fields)
        {
            var part = key.StartsWith('[') ? $"({key[1..^1]})" : key;
            found.Add(new ProtoOption($"{name}.{part}", value));
        }
    }

    /// <summary>The shortest text that reads back as the same number.</summary>
    public static string Number(double value) => value switch
    {
        double.PositiveInfinity => "inf",
        double.NegativeInfinity => "-inf",
        double.NaN => "nan",
        // Without the point it would be an integer, and those have no negative zero.
        0 when double.IsNegative(value) => "-0.0",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    /// <inheritdoc cref="Number(double)"/>
    public static string Number(float value) =>
        float.IsFinite(value) && value != 0 ? value.ToString("R", CultureInfo.InvariantCulture) : Number((double)value);
}
