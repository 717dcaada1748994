using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Gateway.Schemas.Protobuf.Printing;

/// <summary>
/// Which messages and enums are marked <c>export</c> or <c>local</c>, as they can be from edition 2024 on. The descriptor messages in use are
/// older than these marks, so they are read from the bytes.
/// </summary>
internal sealed class WrittenVisibility
{
    private const int FirstEdition = 1001;
    private const int MessageInFile = 4;
    private const int EnumInFile = 5;
    private const int MessageInMessage = 3;
    private const int EnumInMessage = 4;
    private const int MarkOfMessage = 11;
    private const int MarkOfEnum = 6;

    private readonly Dictionary<object, string> _marks = new(ReferenceEqualityComparer.Instance);

    public static WrittenVisibility Of(FileDescriptorProto file)
    {
        var marks = new WrittenVisibility();
        if (file.Syntax != "editions" || (int)file.Edition < FirstEdition) return marks;
        var (messages, enums) = (0, 0);
        Read(file.ToByteString(), (number, bytes) =>
        {
            if (number == MessageInFile) marks.Message(file.MessageType[messages++], bytes);
            else if (number == EnumInFile) marks.Enum(file.EnumType[enums++], bytes);
        });
        return marks;
    }

    /// <summary>The mark with a blank behind it, or nothing.</summary>
    public string Of(object type) => _marks.GetValueOrDefault(type, "");

    private void Message(DescriptorProto message, ByteString bytes)
    {
        var (messages, enums) = (0, 0);
        Mark(message, MarkOfMessage, Read(bytes, (number, inner) =>
        {
            if (number == MessageInMessage) Message(message.NestedType[messages++], inner);
            else if (number == EnumInMessage) Enum(message.EnumType[enums++], inner);
        }));
    }

    private void Enum(EnumDescriptorProto type, ByteString bytes) => Mark(type, MarkOfEnum, Read(bytes, static (_, _) => { }));

    private void Mark(object type, int number, List<(int Number, ulong Value)> numbers)
    {
        foreach (var (found, value) in numbers)
            if (found == number && value is (1 or 2)) _marks[type] = value == 1 ? "local " : "export ";
    }

    /// <summary>Hands over fields that are bytes, and gives back those that are numbers.</summary>
    private static List<(int Number, ulong Value)> Read(ByteString bytes, Action<int, ByteString> take)
    {
        var numbers = new List<(int Number, ulong Value)>();
        var input = bytes.CreateCodedInput();
        for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            var number = WireFormat.GetTagFieldNumber(tag);
            switch (WireFormat.GetTagWireType(tag))
            {
                case WireFormat.WireType.LengthDelimited:
                    take(number, input.ReadBytes());
                    break;
                case WireFormat.WireType.Varint:
                    numbers.Add((number, input.ReadUInt64()));
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }
        return numbers;
    }
}
