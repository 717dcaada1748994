using System.Globalization;
using Google.Protobuf.Reflection;

namespace Gateway.Schemas.Protobuf.Printing;

/// <summary>An option as a parser leaves it, before anyone asked what its name stands for.</summary>
internal static class WrittenOption
{
    public static ProtoOption Of(UninterpretedOption option) =>
        new(string.Join('.', option.Name.Select(part => part.IsExtension ? $"({part.NamePart_})" : part.NamePart_)), ValueOf(option));

    private static ProtoOptionValue ValueOf(UninterpretedOption option)
    {
        if (option.HasAggregateValue) return WrittenAggregate.Read(option.AggregateValue);
        if (option.HasStringValue) return new ProtoOptionValue.Quoted(option.StringValue);
        if (option.HasIdentifierValue) return new ProtoOptionValue.Word(option.IdentifierValue);
        if (option.HasPositiveIntValue) return new ProtoOptionValue.Word(option.PositiveIntValue.ToString(CultureInfo.InvariantCulture));
        if (option.HasNegativeIntValue) return new ProtoOptionValue.Word(option.NegativeIntValue.ToString(CultureInfo.InvariantCulture));
        var number = ProtoOptionReader.Number(option.DoubleValue);
        // Written as a fraction, or it would be one of the integers above.
        return new ProtoOptionValue.Word(number.AsSpan().IndexOfAnyExcept("-0123456789") < 0 ? number + ".0" : number);
    }
}
