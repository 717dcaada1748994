using System.Text;
using Gateway.Cli.Records;
using Gateway.Cli.Records.Format;
using Gateway.Common.Records;

namespace Gateway.Cli.Tests;

public sealed class RecordFormatTests
{
    private static readonly ConsumedRecord Sample = new("orders", 3, new Common.Records.Record(
        258, 1700000000123, "key"u8.ToArray(), new byte[] { 0xff, 0x00, 0x41 },
        [new RecordHeader("a", "1"u8.ToArray()), new RecordHeader("b", null)]), 7);

    [Theory]
    [InlineData("%t %p %o %d %i", "orders 3 258 1700000000123 7")]
    [InlineData("%k|%v{hex}|%v{base64}", "key|ff0041|/wBB")]
    [InlineData("%v{base64raw}%%%{%}", "/wBB%{}")]
    [InlineData("%T %K %V %H", "6 3 3 2")]
    [InlineData("%h{%k=%v;}", "a=1;b=;")]
    [InlineData("%h{%K%{%V%}}", "1{1}1{0}")]
    [InlineData("%o{hex64} %o{hex16} %o{hex4}", "0000000000000102 0102 2")]
    [InlineData("%o{6}\\t\\x41\\\\\\n", "000258\tA\\\n")]
    [InlineData("gr\u00fc\u00dfe \U0001F600", "gr\u00fc\u00dfe \U0001F600")]
    public void Verbs_and_modifiers_print_what_they_say(string format, string expected) => Assert.Equal(expected, Encoding.UTF8.GetString(Print(format)));

    [Theory]
    [InlineData("%o{big32}", "00000102")]
    [InlineData("%o{little16}", "0201")]
    [InlineData("%p{byte}", "03")]
    [InlineData("%v", "ff0041")]
    public void Binary_forms_print_bytes(string format, string hex) => Assert.Equal(hex, Convert.ToHexStringLower(Print(format)));

    [Theory]
    [InlineData("%")]
    [InlineData("%q")]
    [InlineData("\\y")]
    [InlineData("%v{hex")]
    [InlineData("%v{rot13}")]
    [InlineData("%o{hex5}")]
    [InlineData("%h")]
    public void A_format_that_cannot_be_read_is_refused(string format) => Assert.Throws<FormatException>(() => RecordFormat.Parse(format));

    [Fact]
    public void Json_keeps_bytes_that_are_not_text()
    {
        string json = RecordJson.Of(Sample).ToJsonString();
        Assert.Equal(
            """{"topic":"orders","key":"key","value_base64":"/wBB","headers":[{"key":"a","value":"1"},{"key":"b"}],"timestamp":1700000000123,"partition":3,"offset":258}""",
            json);
    }

    private static byte[] Print(string format)
    {
        var output = new MemoryStream();
        RecordFormat.Parse(format).Write(output, Sample);
        return output.ToArray();
    }
}
