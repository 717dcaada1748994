using System.Globalization;
using Gateway.Schemas.Protobuf.BuiltIn;
using Gateway.Schemas.Protobuf.Model;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Gateway.Schemas.Protobuf.Parsing.Options;

/// <summary>Finds what an option's name stands for and encodes its value into the options message.</summary>
internal sealed class OptionInterpreter(ProtoFile file, ProtoScope scope, BudgetMeter meter)
{
    private const int MaxPath = 100;

    // Throwing and catching takes as long as some hundred usual steps.
    private const int StepsPerFault = 250;

    /// <summary>
    /// Interprets the options whose names start with a custom one, or those whose names do not. What succeeds moves into the options message.
    /// </summary>
    /// <param name="sets">The file's options.</param>
    /// <param name="custom">Which of the two.</param>
    /// <param name="strict">Whether a fault is thrown; otherwise that option stays as it was written.</param>
    public void Interpret(IEnumerable<OptionSet> sets, bool custom, bool strict)
    {
        foreach (var set in sets)
        {
            var added = set.Interpreted.Count;
            var left = new List<UninterpretedOption>();
            foreach (var option in set.Uninterpreted)
            {
                if (option.Name.Count == 0 || option.Name[0].IsExtension != custom || !TryInterpret(set, option, strict)) left.Add(option);
            }
            set.Uninterpreted.Clear();
            set.Uninterpreted.AddRange(left);
            if (set.Interpreted.Count > added) Merge(set, added);
        }
    }

    private static void Merge(OptionSet set, int from)
    {
        try
        {
            set.Options.MergeFrom(set.Interpreted.ToArray().AsSpan(from));
        }
        catch (InvalidProtocolBufferException fault)
        {
            throw new ProtoFault($"An option's value is nested too deep: {fault.Message}", set.Options);
        }
    }

    /// <summary>An option's name the way it is written.</summary>
    public static string NameOf(UninterpretedOption option) =>
        string.Join('.', option.Name.Select(part => part.IsExtension ? $"({part.NamePart_})" : part.NamePart_));

    private bool TryInterpret(OptionSet set, UninterpretedOption option, bool strict)
    {
        try
        {
            var path = Path(set, option);
            if (!path[^1].IsRepeated && OptionWire.IsSet(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(set.Interpreted), path, meter))
                throw Fault(option, $"Option \"{NameOf(option)}\" is set twice; remove one");
            var bytes = OptionWire.Field(path[^1], Value(option, path[^1], set));
            for (var i = path.Length - 2; i >= 0; i--)
            {
                meter.Step(1 + bytes.Length / 16);
                bytes = OptionWire.Field(path[i], bytes);
            }
            set.Interpreted.AddRange(bytes);
            return true;
        }
        catch (ProtoFault) when (!strict)
        {
            meter.Step(StepsPerFault);
            return false;
        }
    }

    private ProtoField[] Path(OptionSet set, UninterpretedOption option)
    {
        var type = scope.TryFind("google.protobuf." + set.TypeName, out var symbol) && symbol.Definition is ProtoMessage own
            ? own
            : BuiltInFiles.OptionsType(set.TypeName);
        if (option.Name.Count is 0 or > MaxPath) throw new ProtoFault($"The name of an option has {option.Name.Count} parts; 1 to {MaxPath} are allowed", option);
        var path = new ProtoField[option.Name.Count];
        for (var i = 0; i < path.Length; i++)
        {
            meter.Step();
            var part = option.Name[i];
            var field = part.IsExtension ? Extension(part.NamePart_, type, set, option) : Field(part.NamePart_, type, option);
            OptionTargets.Check(field, set.Target, option, file.Edition);
            path[i] = field;
            if (i == path.Length - 1) break;
            if (field.MessageType is not { } message)
                throw Fault(option, $"\"{field.FullName}\" in option \"{NameOf(option)}\" is not a message, so nothing in it can be set");
            if (field.IsRepeated)
                throw Fault(option, $"\"{field.FullName}\" in option \"{NameOf(option)}\" is repeated; give each element whole: name = {{ … }}");
            type = message;
        }
        return path;
    }

    private static ProtoField Field(string name, ProtoMessage type, UninterpretedOption option)
    {
        if (name == "uninterpreted_option") throw Fault(option, "\"uninterpreted_option\" is reserved and cannot be set");
        return type.Find(name) ?? throw Fault(
            option, $"Option \"{NameOf(option)}\" is not known: \"{type.FullName}\" has no field \"{name}\". Custom options stand in parentheses");
    }

    private ProtoField Extension(string name, ProtoMessage type, OptionSet set, UninterpretedOption option)
    {
        var (full, symbol) = scope.Resolve(name, set.Scope, onlyTypes: false, option, ProtoPart.Name);
        if (symbol.Definition is not ProtoField { IsExtension: true } extension)
            throw Fault(option, $"\"{full}\" is no extension, so it is no option");
        return extension.ContainingType.FullName == type.FullName ? extension : throw Fault(
            option, $"Option \"({name})\" extends \"{extension.ContainingType.FullName}\" and cannot be set on \"{type.FullName}\"");
    }

    private byte[] Value(UninterpretedOption option, ProtoField field, OptionSet set)
    {
        switch (field.Kind)
        {
            case ProtoKind.Message:
                if (!option.HasAggregateValue)
                    throw Fault(option, $"Option \"{NameOf(option)}\" is a message: write {NameOf(option)} = {{ … }}, or set a field of it: {NameOf(option)}.field = …");
                return new AggregateParser(option, field.MessageType!, file, scope, set, meter).Parse();
            case ProtoKind.Bool:
                return option.HasIdentifierValue && option.IdentifierValue is "true" or "false"
                    ? OptionScalars.Varint(option.IdentifierValue == "true" ? 1u : 0)
                    : throw Wrong(option, "true or false");
            case ProtoKind.Enum:
                if (!option.HasIdentifierValue) throw Wrong(option, $"the name of a value of \"{field.EnumType!.FullName}\"");
                return field.EnumType!.Find(option.IdentifierValue) is { } value
                    ? OptionScalars.Varint((ulong)value.Number)
                    : throw Fault(option, $"\"{field.EnumType.FullName}\" has no value \"{option.IdentifierValue}\" for option \"{NameOf(option)}\"");
            case ProtoKind.String or ProtoKind.Bytes:
                return option.HasStringValue ? option.StringValue.ToByteArray() : throw Wrong(option, "a string in quotes");
            case ProtoKind.Double or ProtoKind.Float:
                return OptionScalars.Number(field.Kind, Number(option));
            default:
                var integer = option.HasPositiveIntValue ? OptionScalars.Integer(field.Kind, false, option.PositiveIntValue)
                    : option.HasNegativeIntValue ? OptionScalars.Integer(field.Kind, true, 0 - (ulong)option.NegativeIntValue)
                    : null;
                return integer ?? throw Wrong(option, $"an integer from {OptionScalars.RangeText(field.Kind)}");
        }
    }

    private static double Number(UninterpretedOption option)
    {
        if (option.HasDoubleValue) return option.DoubleValue;
        if (option.HasPositiveIntValue) return option.PositiveIntValue;
        if (option.HasNegativeIntValue) return option.NegativeIntValue;
        return option.HasIdentifierValue && option.IdentifierValue is "inf" or "nan"
            ? option.IdentifierValue == "inf" ? double.PositiveInfinity : ProtoLiterals.NotANumber
            : throw Wrong(option, "a number");
    }

    private static ProtoFault Wrong(UninterpretedOption option, string expected) =>
        Fault(option, string.Create(CultureInfo.InvariantCulture, $"The value of option \"{NameOf(option)}\" must be {expected}"));

    private static ProtoFault Fault(UninterpretedOption option, string message) => new(message, option);
}
