using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Gateway.Schemas.Protobuf.Model;

/// <summary>The edition features that decide how data looks, as they hold for one element: its own choice, or its parent's.</summary>
internal readonly record struct ProtoFeatures(
    int FieldPresence, int EnumType, int RepeatedEncoding, int Utf8Validation, int MessageEncoding, int JsonFormat)
{
    public const int Proto2 = 998;
    public const int Proto3 = 999;
    public const int Edition2023 = 1000;
    public const int Edition2024 = 1001;

    public const int Explicit = 1;
    public const int Implicit = 2;
    public const int Required = 3;
    public const int Open = 1;
    public const int Closed = 2;
    public const int Packed = 1;
    public const int Expanded = 2;
    public const int Verify = 2;
    public const int Unverified = 3;
    public const int LengthPrefixed = 1;
    public const int Delimited = 2;
    public const int Allow = 1;
    public const int BestEffort = 2;

    public static ProtoFeatures Of(int edition) => edition switch
    {
        <= Proto2 => new(Explicit, Closed, Expanded, Unverified, LengthPrefixed, BestEffort),
        Proto3 => new(Implicit, Open, Packed, Verify, LengthPrefixed, Allow),
        _ => new(Explicit, Open, Packed, Verify, LengthPrefixed, Allow),
    };

    /// <summary>The edition of a file, with the two syntaxes before editions counted as such.</summary>
    public static int EditionOf(FileDescriptorProto file) =>
        file.Syntax switch { "editions" => (int)file.Edition, "proto3" => Proto3, _ => Proto2 };

    /// <summary>A number somewhere in a message's own fields, which may be newer than the message's class; null when it is not set.</summary>
    public static int? Find(IMessage? message, int fieldNumber)
    {
        if (message is null) return null;
        int? found = null;
        var input = message.ToByteString().CreateCodedInput();
        for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            if (tag == WireFormat.MakeTag(fieldNumber, WireFormat.WireType.Varint)) found = input.ReadInt32();
            else input.SkipLastField();
        }
        return found;
    }

    /// <summary>These features with those that <paramref name="own"/> sets. Read from its bytes, so any release of the message will do.</summary>
    public ProtoFeatures With(FeatureSet? own)
    {
        if (own is null) return this;
        var features = this;
        var input = own.ToByteString().CreateCodedInput();
        for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            if (WireFormat.GetTagWireType(tag) != WireFormat.WireType.Varint)
            {
                input.SkipLastField();
                continue;
            }
            var value = input.ReadInt32();
            features = WireFormat.GetTagFieldNumber(tag) switch
            {
                1 => features with { FieldPresence = value },
                2 => features with { EnumType = value },
                3 => features with { RepeatedEncoding = value },
                4 => features with { Utf8Validation = value },
                5 => features with { MessageEncoding = value },
                6 => features with { JsonFormat = value },
                _ => features,
            };
        }
        return features;
    }
}
