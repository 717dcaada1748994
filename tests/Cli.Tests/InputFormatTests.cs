using System.Text;
using Gateway.Cli.Records.Format;

namespace Gateway.Cli.Tests;

public sealed class InputFormatTests
{
    [Fact]
    public void The_default_reads_one_value_per_line()
    {
        List<InputRecord> records = Read("%v\\n", "one\ntwo\nlast without newline");
        Assert.Equal(["one", "two", "last without newline"], records.Select(r => Text(r.Value)));
        Assert.All(records, r => Assert.Null(r.Key));
    }

    [Fact]
    public void A_field_ends_at_the_literal_behind_it()
    {
        List<InputRecord> records = Read("%k: %v\\n", "a: 1\nb: two: 2\n");
        Assert.Equal(["a", "b"], records.Select(r => Text(r.Key)));
        Assert.Equal(["1", "two: 2"], records.Select(r => Text(r.Value)));
    }

    [Fact]
    public void Sizes_read_any_bytes()
    {
        InputRecord record = Assert.Single(Read("%K{big16}%V{3}%k%v", "\0\u0002004k\nv\n\n!"));
        Assert.Equal("k\n", Text(record.Key));
        Assert.Equal("v\n\n!", Text(record.Value));
    }

    [Fact]
    public void Topic_partition_and_headers_are_read()
    {
        InputRecord record = Assert.Single(Read("%t/%p %H{1}%h{%k=%v;} %v\\n", "orders/12 2a=1;b=2; x\n"));
        Assert.Equal("orders", record.Topic);
        Assert.Equal(12, record.Partition);
        Assert.Equal("x", Text(record.Value));
        Assert.Equal(["a=1", "b=2"], record.Headers.Select(h => $"{h.Key}={Encoding.UTF8.GetString(h.Value!.Value.Span)}"));
    }

    [Fact]
    public void Encoded_fields_are_decoded()
    {
        InputRecord record = Assert.Single(Read("%k{hex} %v{base64}\\n", "00ff /wBB\n"));
        Assert.Equal([0x00, 0xff], record.Key);
        Assert.Equal([0xff, 0x00, 0x41], record.Value);
    }

    [Fact]
    public void Empty_input_holds_no_record() => Assert.Empty(Read("%v\\n", ""));

    [Theory]
    [InlineData("")]
    [InlineData("%o")]
    [InlineData("%v{rot13}x%q")]
    public void A_format_that_cannot_be_read_is_refused(string format) => Assert.Throws<FormatException>(() => InputFormat.Parse(format));

    [Theory]
    [InlineData("%V{4}%v", "0009short")]
    [InlineData("%V{4}%v", "abcdx")]
    [InlineData("%p %v\\n", "x y\n")]
    [InlineData("%V{big32}%v", "\u007f\u007f\u007f\u007fx")]
    public void Input_that_does_not_follow_the_format_is_refused(string format, string input) => Assert.Throws<FormatException>(() => Read(format, input));

    private static List<InputRecord> Read(string format, string input) =>
        [.. InputFormat.Parse(format).Read(new MemoryStream(Encoding.UTF8.GetBytes(input)))];

    private static string Text(byte[]? bytes) => Encoding.UTF8.GetString(bytes!);
}
