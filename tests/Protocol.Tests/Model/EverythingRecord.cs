using Gateway.Common.Buffers;
using Gateway.Common.Errors;
using Gateway.Protocol.Model;

namespace Gateway.Protocol.Tests.Model;

/// <summary>Every kind of field the generator knows, in messages of the tests' own: Kafka's messages here do not use all of them yet.</summary>
[KafkaRecord(0, 4, FlexibleFrom = 2)]
public sealed partial class EverythingRecord
{
    [Field]
    public bool Flag { get; set; } = true;

    [Field]
    public sbyte Small { get; set; } = -1;

    [Field(From = 1)]
    public ushort Unsigned { get; set; } = 7;

    [Field(To = 3)]
    public double Real { get; set; }

    [Field(From = 1, To = 2, Ignorable = true)]
    public Guid Id { get; set; }

    [Field(NullableFrom = 3)]
    public string? SometimesNull { get; set; } = "";

    [Field(NullableFrom = 1)]
    public byte[]? Blob { get; set; } = [];

    [Field(NeverFlexible = true)]
    public string AlwaysOld { get; set; } = "";

    [Field]
    public RecordsLease? Records { get; set; }

    [Field(From = 1)]
    public Part Always { get; set; } = new();

    [Field]
    public Part? Maybe { get; set; }

    [Field(NullableFrom = 2)]
    public List<Part>? Parts { get; set; } = [];

    [Field]
    public List<ErrorCode> Errors { get; set; } = [];

    [Field]
    public List<byte[]> Blobs { get; set; } = [];

    [Field(From = 2, Tag = 3)]
    public Label? TaggedMaybe { get; set; }

    [Field(From = 2, Tag = 0)]
    public Label Tagged { get; set; } = new();

    [Field(From = 3, Tag = 200, Ignorable = true)]
    public List<string> TaggedList { get; set; } = [];

    [Field(From = 2, To = 3, Tag = 1)]
    public ushort TaggedNumber { get; set; } = 5;

    /// <summary>A struct without records, as tagged fields have to be.</summary>
    public sealed partial class Label
    {
        [Field]
        public long Number { get; set; } = -1;

        [Field(From = 2, Tag = 0)]
        public string? Note { get; set; }

        [Field(From = 4)]
        public Inner Deep { get; set; } = new();
    }

    /// <summary>A struct with records.</summary>
    public sealed partial class Part
    {
        [Field]
        public int Number { get; set; } = -1;

        [Field(From = 3)]
        public RecordsLease? Records { get; set; }

        [Field(From = 2, Tag = 0)]
        public string? Note { get; set; }
    }

    /// <summary>A struct in a struct.</summary>
    public sealed partial class Inner
    {
        [Field]
        public short Value { get; set; } = 3;
    }
}
