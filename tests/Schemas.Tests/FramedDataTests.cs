using Gateway.Common.Records;
using Record = Gateway.Common.Records.Record;

namespace Gateway.Schemas.Tests;

/// <summary>Where a record names its schema and where its data begins (schema-registry 5).</summary>
public class FramedDataTests
{
    private static readonly Guid Guid = Guid.Parse("095d71cf-1255-6b9d-5e33-0ad575b3df5d");

    private static readonly byte[] GuidFrame = [1, 0x09, 0x5d, 0x71, 0xcf, 0x12, 0x55, 0x6b, 0x9d, 0x5e, 0x33, 0x0a, 0xd5, 0x75, 0xb3, 0xdf, 0x5d];

    private static Record WithValue(byte[] value, params (string Name, byte[]? Value)[] headers) => new(
        0, 0, null, value, [.. headers.Select(header => new RecordHeader(header.Name, header.Value is null ? default(ReadOnlyMemory<byte>?) : header.Value))]);

    /// <summary>Both ways of reading must find the same: in a batch, and in a record as an object.</summary>
    private static (SchemaIdentity? Identity, bool IsInHeader, byte[] Payload) Take(Record record, string schemaType = SchemaTypes.Avro)
    {
        using var builder = new RecordBatchBuilder(new RecordBatchOptions());
        builder.Append(0, record.Key, record.Value, record.Headers);
        using var lease = builder.Build();
        using var records = BatchRecords.Open(lease.Span);
        var walk = records.GetEnumerator();
        Assert.True(walk.MoveNext());
        var inBatch = FramedData.Of(walk.Current.Value, walk.Current.Headers, isKey: false);
        var asObject = FramedData.Of(record, isKey: false);
        Assert.Equal((asObject.IsFound, asObject.IsInHeader, asObject.Identity), (inBatch.IsFound, inBatch.IsInHeader, inBatch.Identity));
        var payload = asObject.PayloadFor(schemaType).ToArray();
        Assert.Equal(payload, inBatch.PayloadFor(schemaType).ToArray());
        return (asObject.IsFound ? asObject.Identity : null, asObject.IsInHeader, payload);
    }

    [Fact]
    public void In_front_of_the_data_stands_an_id_or_a_guid()
    {
        var byId = Take(WithValue([0, 0, 0, 1, 2, 9]));
        Assert.Equal((new SchemaIdentity(258), false), (byId.Identity!.Value, byId.IsInHeader));
        Assert.Equal([9], byId.Payload);
        var byGuid = Take(WithValue([.. GuidFrame, 9]));
        Assert.Equal((new SchemaIdentity(Guid), false), (byGuid.Identity!.Value, byGuid.IsInHeader));
        Assert.Equal([9], byGuid.Payload);
        Assert.Equal("095d71cf-1255-6b9d-5e33-0ad575b3df5d", byGuid.Identity.ToString());
        Assert.Equal("258", byId.Identity.ToString());
    }

    [Fact]
    public void A_header_comes_before_the_prefix_and_the_last_header_before_the_others()
    {
        var found = Take(WithValue([0, 0, 0, 0, 7, 9], ("__value_schema_id", [0, 0, 0, 0, 1]), ("__key_schema_id", [0, 0, 0, 0, 2]), ("__value_schema_id", GuidFrame)));
        Assert.Equal((new SchemaIdentity(Guid), true), (found.Identity!.Value, found.IsInHeader));
        Assert.Equal([0, 0, 0, 0, 7, 9], found.Payload);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 1, 2, 3 })]
    [InlineData(new byte[] { 2, 0, 0, 0, 1 })]
    public void A_header_that_names_nothing_is_not_passed_over(byte[]? header)
    {
        var found = Take(WithValue([0, 0, 0, 0, 7, 9], ("__value_schema_id", header)));
        Assert.Equal((null, true), (found.Identity, found.IsInHeader));
    }

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 0, 0, 0, 1 })]
    [InlineData(new byte[] { 1, 0, 0, 0, 1, 0 })]
    [InlineData(new byte[] { 3, 0, 0, 0, 1, 0 })]
    public void Other_bytes_name_no_schema(byte[] value) => Assert.Null(Take(WithValue(value)).Identity);

    [Fact]
    public void Message_indexes_from_a_header_stand_before_the_message()
    {
        Assert.Equal([4, 2, 0, 8, 1], Take(WithValue([8, 1], ("__value_schema_id", [.. GuidFrame, 4, 2, 0])), SchemaTypes.Protobuf).Payload);
        Assert.Equal([0, 8, 1], Take(WithValue([8, 1], ("__value_schema_id", GuidFrame)), SchemaTypes.Protobuf).Payload);
        Assert.Equal([4, 2, 0, 8, 1], Take(WithValue([0, 0, 0, 0, 1, 4, 2, 0, 8, 1]), SchemaTypes.Protobuf).Payload);
    }
}
